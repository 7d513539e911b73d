import { deepStrictEqual as equal, ok } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AuditRecord } from "../../../runtime/audit/audit";
import { checkpointIn } from "../../../runtime/audit/tlog/checkpoint";
import { entriesIn } from "../../../runtime/audit/tlog/entry-bundle";
import { noteIn } from "../../../runtime/audit/tlog/signed-note";
import { tileIn, tilePath } from "../../../runtime/audit/tlog/tile-path";
import type { StateStore } from "../../../runtime/store/store";
import { recordsIn } from "../exchange/written-records";
import { run } from "../harness/process";
import type { LogBucket } from "./log-bucket";
import type { LogPrograms } from "./programs";

/** fsck waits for ever on some logs that are not sound. */
const FSCK_SECONDS = 10;
/** Its exit code says nothing: it is 0 for a log that is not sound, too. */
const SUCCESS = /Successfully fsck'd log with size (\d+) and root (\S+)/;

/** What each of the programs says of a log: its size and root, or undefined where it does not take it */
export interface Verdicts {
  readonly fsck: string | undefined;
  readonly check: string | undefined;
}

export async function verdictsOf(folder: string, log: LogBucket, programs: LogPrograms): Promise<Verdicts> {
  const [fsck, check] = await Promise.all([
    fsckVerdict(folder, log.vkeyFile, programs.fsck),
    run(programs.check, ["log", folder, log.vkey]),
  ]);
  const said = /^verified (\d+) entries with root (\S+)$/m.exec(check.stdout);
  return {
    fsck,
    check: check.code === 0 && said !== null ? `${said[1]} ${said[2]}` : undefined,
  };
}

/** @param key file with the log's verifier key */
export async function fsckVerdict(folder: string, key: string, program: string): Promise<string | undefined> {
  const args = [`--storage_url=file://${folder}/`, `--public_key=${key}`, "--ui=false", "--N=4"];
  const said = await run(program, args, { timeoutSeconds: FSCK_SECONDS }).catch(() => undefined);
  const [, size, root] = SUCCESS.exec(`${said?.stdout ?? ""}${said?.stderr ?? ""}`) ?? [];
  return size === undefined ? undefined : `${size} ${root}`;
}

export function sizeOf(folder: string): number {
  return checkpointIn(noteIn(readFileSync(join(folder, "checkpoint"))).text).size;
}

export function entriesOf(folder: string): readonly Buffer[] {
  const [size, entries] = [sizeOf(folder), [] as Buffer[]];
  for (let index = 0; ; index++) {
    const tile = tileIn(size, 0, index);
    if (tile === undefined) return entries;
    entries.push(...entriesIn(readFileSync(join(folder, tilePath({ ...tile, level: "entries" }))), tile.width));
  }
}

/** The log has each record of the store once, each writer's in their order, and nothing else. */
export async function sameAsStore(folder: string, store: StateStore): Promise<number> {
  const logged = entriesOf(folder).map((entry) => JSON.parse(entry.toString()) as AuditRecord);
  const stored = await recordsIn(store);
  ok(stored.length > 0);
  equal(byWriter(logged), byWriter(stored));
  return logged.length;
}

function byWriter(records: readonly AuditRecord[]): Readonly<Record<string, readonly AuditRecord[]>> {
  const writers: Record<string, AuditRecord[]> = {};
  for (const record of records) (writers[record.writer] ??= []).push(record);
  return writers;
}
