import { CHECKPOINT_PATH } from "../../runtime/audit/tlog/tile-path";
import type { LogPolicy } from "../../runtime/audit/tlog/tlog-proof";
import { compareWith } from "./consistency";
import type { Finding } from "./finding";
import { type LogPlace, type LogReader, openLog } from "./log-reader";
import type { LogMemory } from "./log-memory";
import { SignedTree } from "./signed-tree";
import { type TrustedCheckpoint, trustedCheckpoint } from "./trusted-checkpoint";
import { UnsoundLog } from "./unsound-log";
import { VerifiedRecords } from "./verified-records";

/** A log whose checkpoint is signed and whose root is made by its right edge: each record that is read is held up against it. */
export interface OpenedLog {
  readonly reader: LogReader;
  readonly trusted: TrustedCheckpoint;
  /** The checkpoint as the log has it */
  readonly checkpoint: Uint8Array;
  readonly tree: SignedTree;
  readonly records: VerifiedRecords;
}

/**
 * Open a log to read single records.
 *
 * @param memory of the checkpoint that was seen last, with which it must go on; it keeps the one that is seen now
 * @throws UnsoundLog
 */
export async function openedLog(place: LogPlace, policy: LogPolicy, memory?: LogMemory): Promise<OpenedLog> {
  return openedAt(await openLog(place), policy, memory);
}

/** @throws UnsoundLog */
export async function openedAt(reader: LogReader, policy: LogPolicy, memory?: LogMemory): Promise<OpenedLog> {
  const findings: Finding[] = [];
  const report = (finding: Finding): void => void findings.push(finding);
  // Before the log is: another process may remember a newer one meanwhile.
  const last = memory?.checkpoint();
  const checkpoint = await reader.read(CHECKPOINT_PATH);
  const trusted = trustedCheckpoint(checkpoint, policy, report);
  if (trusted === undefined || checkpoint === undefined) throw new UnsoundLog(findings);
  const tree = await SignedTree.open(reader, trusted.checkpoint, report);
  if (last !== undefined) {
    const { origin, key } = policy;
    const before = trustedCheckpoint(last.bytes, { key, ...(origin && { origin }) }, report, last.file);
    if (before !== undefined) await compareWith(before.checkpoint, tree, report);
  }
  if (findings.length > 0) throw new UnsoundLog(findings);
  memory?.keep(checkpoint);
  return { reader, trusted, checkpoint, tree, records: new VerifiedRecords(reader, tree) };
}
