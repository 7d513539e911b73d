import { reasonOf } from "../decision/decider";
import { Refusal } from "../exchange/refusal";
import { epochOf } from "../store/epoch";
import { epochKey } from "../store/keys";
import { revocationsOf, type Standing } from "./revocations";
import type { EpochState } from "./stored";

/**
 * Look once more, behind the write and before anything goes out: a stop that was answered meanwhile holds for what is under
 * way too. It is no condition of the write, where everybody's writes would be in the way of each other.
 *
 * @param decided by which state
 * @param tokens `jti` of those presented
 * @throws Refusal with what was stopped, or `store.restored` where the next epoch has begun
 * @throws StoreUnavailable
 */
export async function refuseStopped(decided: EpochState, run: Standing, tokens: readonly string[]): Promise<void> {
  const { keys, revoked } = revocationsOf(run, tokens);
  const [epoch, ...items] = await decided.store.read([epochKey(), ...keys]);
  if (epochOf(epoch) !== decided.epoch) throw Refusal.of("store.restored", "another epoch has begun meanwhile");
  const stopped = revoked(items);
  if (stopped.length > 0) throw Refusal.denied(stopped.map((kind) => reasonOf(`${kind}.revoked`)));
}
