import { canonicalJson } from "../canonical-json";
import type { AuditEvent, AuditRecord } from "./audit";

/** Version of records that were made here */
export const RECORD_VERSION = "ambit.audit/2";

/** A record with its RFC 8785 form, which is the entry of the log */
export interface WrittenRecord {
  readonly record: AuditRecord;
  readonly text: string;
}

const SEQUENCE = ',"sequence":';

/**
 * The number that a record's RFC 8785 form says; NaN where it is none. Read without the rest: the log asks for nothing else of a record.
 * It stands behind the facts, and what is behind it cannot look like it: a quote within a text has a backslash before it.
 */
export function sequenceIn(text: string): number {
  const at = text.lastIndexOf(SEQUENCE);
  return at === -1 ? NaN : Number.parseInt(text.slice(at + SEQUENCE.length), 10);
}

/** A record's RFC 8785 form, without its number and its writer, which are known last */
export interface RecordForm {
  readonly beforeSequence: string;
  readonly beforeWriter: string;
}

export function formOf({ kind, time, facts }: AuditEvent): RecordForm {
  const factsText = canonicalJson({ facts }).slice(0, -1);
  return {
    beforeSequence: `${factsText},"kind":${canonicalJson(kind)},"sequence":`,
    beforeWriter: `,"time":${canonicalJson(time)},"version":"${RECORD_VERSION}","writer":`,
  };
}

/** @param form of the event, where it is known */
export function recordOf(writer: string, sequence: number, event: AuditEvent, form = formOf(event)): WrittenRecord {
  const { kind, time, facts } = event;
  return {
    record: { version: RECORD_VERSION, writer, sequence, kind, time, facts },
    text: `${form.beforeSequence}${sequence}${form.beforeWriter}${canonicalJson(writer)}}`,
  };
}
