import type { LogIndex } from "../log-index";
import type { PlacedRecord } from "../verified-records";

/** Records of people's decisions name a request by its digest alone. */
const DECIDED = /^approval\./;

/**
 * All records of one transaction, in the log's order: those that name it, what people decided on its requests, and who was stopped
 * while it went on.
 *
 * @throws UnsoundLog
 */
export async function transactionOf(index: LogIndex, txn: string): Promise<readonly PlacedRecord[]> {
  const records = new Map((await index.find("txn", txn)).map((found) => [found.index, found]));
  const own = [...records.values()];
  // An agent may make more records of its transaction than a function takes arguments.
  const times = own.map(({ record }) => record.time).sort((a, b) => a - b);
  const [first, last] = [times[0] ?? Infinity, times.at(-1) ?? -Infinity];
  const add = (found: readonly PlacedRecord[], from: number, isWanted: (one: PlacedRecord) => boolean): void => {
    for (const one of found) if (one.record.time >= from && isWanted(one)) records.set(one.index, one);
  };
  for (const { record } of own.filter(({ record: { kind } }) => kind === "approval.requested")) {
    // The same request may be made in other transactions too, at other times.
    const isDecision = ({ record: { kind, facts } }: PlacedRecord): boolean =>
      DECIDED.test(kind) && facts["txn"] === undefined && !(facts["openUntil"] as number);
    const until = Number(record.facts["openUntil"] ?? last);
    const digest = record.facts["digest"];
    if (typeof digest !== "string") continue;
    add(await index.find("digest", digest), record.time, (one) => isDecision(one) && one.record.time <= until);
  }
  const names = new Set(
    own.flatMap(({ record: { facts } }) => [
      txn,
      facts["agent"],
      facts["run"],
      facts["sid"],
      facts["user"],
      facts["token"],
    ]),
  );
  for (const name of names) {
    if (typeof name !== "string") continue;
    add(await index.find("stopped", name), first, ({ record }) => record.time <= last);
  }
  return [...records.values()].sort((a, b) => a.index - b.index);
}
