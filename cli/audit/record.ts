import { isRecord } from "../../domain/is-record";
import type { AuditRecord } from "../../runtime/audit/audit";
import { RECORD_VERSION } from "../../runtime/audit/record";
import { canonicalJson, NoCanonicalForm } from "../../runtime/canonical-json";
import type { Value } from "../../runtime/json";
import type { FindingCode } from "./finding";

/** What keeps bytes from being a record. One sentence. */
export class NoRecord extends Error {
  public override readonly name = "NoRecord";

  constructor(
    public readonly code: Extract<FindingCode, "record.malformed" | "record.not-canonical">,
    message: string,
  ) {
    super(message);
  }
}

const MEMBERS = ["facts", "kind", "sequence", "time", "version", "writer"];
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Parse an entry of the log.
 *
 * @throws NoRecord if it is not a record, or not in RFC 8785 form
 */
export function recordIn(bytes: Uint8Array): AuditRecord {
  let text: string;
  let value: unknown;
  try {
    text = utf8.decode(bytes);
    value = JSON.parse(text);
  } catch {
    throw malformed("an entry must be JSON in UTF-8");
  }
  if (!isRecord(value)) throw malformed("an entry must be a JSON object");
  const { facts, kind, sequence, time, version, writer } = value;
  const names = Object.keys(value).sort();
  if (names.join() !== MEMBERS.join())
    throw malformed(`a record must have the members ${MEMBERS.join(", ")}, got ${names.join(", ")}`);
  if (version !== RECORD_VERSION)
    throw malformed(`a record's version must be ${RECORD_VERSION}, got ${JSON.stringify(version)}`);
  if (!isName(writer)) throw malformed(`a record's writer must be a text, got ${JSON.stringify(writer)}`);
  if (!isName(kind)) throw malformed(`a record's kind must be a text, got ${JSON.stringify(kind)}`);
  if (!isWhole(sequence, 1))
    throw malformed(`a record's sequence must be a whole number from 1 on, got ${JSON.stringify(sequence)}`);
  if (!isWhole(time, 0))
    throw malformed(`a record's time must be whole seconds since the epoch, got ${JSON.stringify(time)}`);
  if (!isRecord(facts)) throw malformed(`a record's facts must be an object, got ${JSON.stringify(facts)}`);
  checkCanonical(value as { readonly [name: string]: Value }, text);
  return { version, writer, sequence, kind, time, facts: facts as AuditRecord["facts"] };
}

function checkCanonical(value: Value, text: string): void {
  let canonical: string;
  try {
    canonical = canonicalJson(value);
  } catch (error) {
    if (!(error instanceof NoCanonicalForm)) throw error;
    throw new NoRecord("record.not-canonical", `the record has no RFC 8785 form: ${error.message}`);
  }
  if (canonical !== text) throw new NoRecord("record.not-canonical", "the record is not in its RFC 8785 form");
}

function malformed(message: string): NoRecord {
  return new NoRecord("record.malformed", message);
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isWhole(value: unknown, least: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least;
}
