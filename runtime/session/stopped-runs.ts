import { inParts } from "../in-parts";
import type { FleetView } from "../registry/registry";
import { refuseOlder } from "../registry/revision-seen";
import { runKey, seenKey } from "../store/keys";
import { type Item, type Key, STORE_LIMITS } from "../store/store";
import { type Revocations, revocationsOf } from "./revocations";
import { runOfItem } from "./runs";
import type { Run } from "./session";
import type { EpochState } from "./stored";

/** Something that is open, and what it stands or falls with */
export interface OpenOfRun {
  /** Id of its run */
  readonly run: string;
  /** `jti` of those by which it was opened */
  readonly tokens: readonly string[];
}

/**
 * For each open run, the codes of what stopped it since it opened; empty if it may go on. It writes nothing, and takes
 * a few reads for all runs, because shared items are read once.
 *
 * @param isKnown whether the requester may know of the run
 * @throws StoreUnavailable
 * @throws RegistryUnavailable if another process has had a newer registry in force, which may have stopped any of them
 */
export async function stoppedRuns(
  state: EpochState,
  fleet: FleetView,
  open: readonly OpenOfRun[],
  isKnown: (run: Run) => boolean = () => true,
): Promise<readonly (readonly string[])[]> {
  const items = await readAll(state, [seenKey(), ...open.map(({ run }) => runKey(state.epoch, run))]);
  await refuseOlder(fleet, { read: async (keys) => keys.map(items) });
  const asked = open.map(({ run: id, tokens }): Asked => {
    const item = items(runKey(state.epoch, id));
    const run = item && runOfItem(item).run;
    if (run === undefined || !isKnown(run)) return { run: undefined, revocations: undefined };
    return { run, revocations: revocationsOf(run, tokens) };
  });
  const revoked = await readAll(
    state,
    asked.flatMap(({ revocations }) => revocations?.keys ?? []),
  );
  return asked.map(({ run, revocations }) => {
    // A store that is put in the place of another knows no run.
    if (run === undefined) return ["run.unknown"];
    const kinds = revocations.revoked(revocations.keys.map(revoked));
    return [...kinds.map((kind) => `${kind}.revoked`), ...declaredNoMore(fleet, run)];
  });
}

type Asked =
  | { readonly run: Run; readonly revocations: Revocations }
  | { readonly run: undefined; readonly revocations: undefined };

/** A registry that came into force since may have stopped it too. */
function declaredNoMore(fleet: FleetView, { spiffeId, chain }: Run): readonly string[] {
  const isStopped = (id: string): boolean => fleet.policy.agents[id]?.suspended !== false;
  if (fleet.agentOf(spiffeId) === undefined) return ["agent.unknown"];
  if (isStopped(spiffeId)) return ["agent.suspended"];
  return chain.some((hop) => isStopped(hop.spiffeId)) ? ["delegation.delegator-stopped"] : [];
}

/** What lies at each key, asked for in as few reads as the store takes */
async function readAll({ store }: EpochState, keys: readonly Key[]): Promise<(key: Key) => Item | undefined> {
  const distinct = [...new Map(keys.map((key) => [nameOf(key), key])).values()];
  const parts = inParts(distinct, STORE_LIMITS.writes);
  const items = (await Promise.all(parts.map((part) => store.read(part)))).flat();
  const found = new Map(distinct.map((key, index) => [nameOf(key), items[index]]));
  return (key) => found.get(nameOf(key));
}

function nameOf({ partition, sort }: Key): string {
  return JSON.stringify([partition, sort]);
}
