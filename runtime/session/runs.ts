import { runKey } from "../store/keys";
import { readOnce } from "../store/known-values";
import type { Item, Write } from "../store/store";
import type { Run } from "./session";
import { withDone } from "./session-state";
import { type EpochState, runSchema } from "./stored";

/** A run with what a write depends on */
export interface StoredRun {
  readonly run: Run;
  readonly version: number;
}

const readRunValue = readOnce((value) => runSchema.parse(value));

/** For which a run is kept after its end, so that what it was can be said: a stream may last as long, and carry data */
const KEPT_AFTER_END_SECONDS = 300;

/** Undefined if this epoch has none, or if it ended too long ago */
export async function readRun({ store, epoch }: EpochState, run: string): Promise<StoredRun | undefined> {
  const [item] = await store.read([runKey(epoch, run)]);
  return item === undefined ? undefined : runOfItem(item);
}

export function runOfItem({ value, version }: Pick<Item, "value" | "version">): StoredRun {
  return { run: readRunValue(value), version };
}

/** Those of them that are there, by id. @param runs at most 100 */
export async function readRuns(
  { store, epoch }: EpochState,
  runs: readonly string[],
): Promise<ReadonlyMap<string, Run>> {
  const items = await store.read(runs.map((run) => runKey(epoch, run)));
  return new Map(items.flatMap((item, place) => (item ? [[runs[place] as string, readRunValue(item.value)]] : [])));
}

export function newRunWrite(epoch: number, run: Run): Write {
  return { ...putOf(epoch, run), when: "absent" };
}

/** Undefined if the action is among those that succeeded */
export function doneWrite(epoch: number, { run, version }: StoredRun, action: string): Write | undefined {
  const done = withDone(run.done, action);
  return done === run.done ? undefined : { ...putOf(epoch, { ...run, done }), when: { version } };
}

export function keptUntil({ expiresAt }: Pick<Run, "expiresAt">): number {
  return expiresAt + KEPT_AFTER_END_SECONDS;
}

function putOf(epoch: number, { inherits, userEmail, ...run }: Run): Extract<Write, { kind: "put" }> {
  const value = {
    ...run,
    ...(inherits === true && { inherits }),
    ...(userEmail !== undefined && { userEmail }),
    user: run.user && { ...run.user },
    chain: run.chain.map((hop) => ({ ...hop })),
    evidence: run.evidence && { ...run.evidence },
  };
  return { kind: "put", key: runKey(epoch, run.run), value, expiresAt: keptUntil(run), when: "any" };
}
