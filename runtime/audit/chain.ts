import { hash as digest } from "node:crypto";
import { canonicalJson } from "../canonical-json";
import type { Value } from "../json";
import { auditHeadKey, auditRecordKey, RECORD_PREFIX } from "../store/keys";
import type { StateStore } from "../store/store";
import type { AuditEvent, AuditRecord } from "./audit";

/** The last record of a chain, as the store keeps it beside the chain */
export interface ChainHead {
  readonly sequence: number;
  readonly hash: string;
}

/** Before the first record */
export const CHAIN_START: ChainHead = { sequence: 0, hash: "0".repeat(64) };

const VERSION = "ambit.audit/1";
const RECORDS_AT_ONCE = 100;

/** The record that stands behind `head` */
export function recordBehind(head: ChainHead, writer: string, event: AuditEvent): AuditRecord {
  return writtenBehind(head, writer, event, canonicalJson({ facts: event.facts })).record;
}

/**
 * {@link recordBehind} with its RFC 8785 form, of which most is known.
 *
 * @param facts RFC 8785 form of an object that has the event's facts alone
 */
export function writtenBehind(
  head: ChainHead,
  writer: string,
  event: AuditEvent,
  facts: string,
): { readonly record: AuditRecord; readonly text: string } {
  const [sequence, previous] = [head.sequence + 1, head.hash];
  const { kind, time } = event;
  const of = canonicalJson;
  // In the order of the names, so that the hash has its place between the two
  const first = `${facts.slice(0, -1)},`;
  const rest = `"kind":${of(kind)},"previous":${of(previous)},"sequence":${of(sequence)},"time":${of(time)},`;
  const last = `${rest}"version":${of(VERSION)},"writer":${of(writer)}}`;
  const hash = digest("sha256", first + last, "hex");
  return {
    record: { version: VERSION, writer, sequence, previous, kind, time, facts: event.facts, hash },
    text: `${first}"hash":${of(hash)},${last}`,
  };
}

/**
 * Look whether these are all records of one writer from its first one on, as they were written.
 *
 * @param head what the store says of the last one; left out where only the records are at hand, whose end is then not proven
 * @returns what is wrong first, in one sentence; undefined where nothing is
 */
export function verifyChain(records: readonly AuditRecord[], head?: ChainHead): string | undefined {
  let last = CHAIN_START;
  for (const record of records) {
    const { hash, ...rest } = record;
    const { sequence } = rest;
    if (rest.version !== VERSION)
      return `record ${last.sequence + 1} must be of version ${VERSION}, got ${rest.version}`;
    if (rest.writer !== records[0]?.writer) return `record ${last.sequence + 1} is of another writer, ${rest.writer}`;
    if (sequence !== last.sequence + 1) return `record ${last.sequence + 1} is missing, the next one is ${sequence}`;
    if (rest.previous !== last.hash) return `record ${sequence} does not follow the one before it`;
    if (hash !== hashOf(rest)) return `record ${sequence} was changed: its hash is of something else`;
    last = { sequence, hash };
  }
  if (head === undefined || (head.sequence === last.sequence && head.hash === last.hash)) return undefined;
  return `the head is at record ${head.sequence} with ${head.hash}, the last record is ${last.sequence} with ${last.hash}`;
}

/** A writer's whole chain, and its head, as the store has them. */
export async function readChain(
  store: StateStore,
  writer: string,
): Promise<{ readonly records: readonly AuditRecord[]; readonly head: ChainHead }> {
  // The head first: what is written meanwhile stands behind it.
  const [item] = await store.read([auditHeadKey(writer)]);
  const head = item === undefined ? CHAIN_START : (item.value as unknown as ChainHead);
  const records: AuditRecord[] = [];
  while (records.length < head.sequence) {
    const { partition, sort } = auditRecordKey(writer, records.length);
    const wanted = Math.min(head.sequence - records.length, RECORDS_AT_ONCE);
    const items = await store.list(partition, RECORD_PREFIX, wanted, sort);
    if (items.length === 0) break;
    records.push(...items.map(({ value }) => value as unknown as AuditRecord));
  }
  return { records, head };
}

function hashOf(record: Omit<AuditRecord, "hash">): string {
  return digest("sha256", canonicalJson(record as unknown as Value), "hex");
}
