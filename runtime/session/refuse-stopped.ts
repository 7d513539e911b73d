import { reasonOf } from "../decision/decider";
import { Refusal } from "../refusal/refusal";
import { seenIn } from "../registry/revision-seen";
import { epochKey, seenKey } from "../store/keys";
import { epochOf } from "./epoch";
import { revocationsOf, type Standing } from "./revocations";
import type { EpochState } from "./stored";

/** By what something was decided that all decisions share */
export interface Decided {
  readonly state: EpochState;
  /** Of the registry */
  readonly revision: number;
}

/**
 * Look once more, behind the write and before anything goes out: a stop that was answered meanwhile, and a registry that came
 * into force, hold for what is under way too. They are no conditions of the write, where all writes would be in the
 * way of each other.
 *
 * @param tokens `jti` of those presented
 * @throws Refusal with what was stopped; `store.restored` where the next epoch has begun, `policy.stale` where a newer registry
 *   is in force
 * @throws StoreUnavailable
 */
export async function refuseStopped(
  { state, revision }: Decided,
  run: Standing,
  tokens: readonly string[],
): Promise<void> {
  const { keys, revoked } = revocationsOf(run, tokens);
  const [epoch, seen, ...items] = await state.store.read([epochKey(), seenKey(), ...keys]);
  if (epochOf(epoch) !== state.epoch) throw Refusal.of("store.restored", "another epoch has begun meanwhile");
  if (revision < seenIn(seen)) throw Refusal.denied([reasonOf("policy.stale")]);
  const stopped = revoked(items);
  if (stopped.length > 0) throw Refusal.denied(stopped.map((kind) => reasonOf(`${kind}.revoked`)));
}
