import { isRecord } from "../../../domain/is-record";
import { CliError } from "../../program";
import { plainText } from "../cloudtrail/plain-text";
import type { FileState, ValidatedTrail } from "../cloudtrail/trail-validation";
import { type TrailPlace, validatedTrail } from "../cloudtrail/validated-trail";
import { TrailEvent } from "./trail-event";

/** What CloudTrail shows of one transaction */
export interface TracedTrail {
  /** In any order, each once */
  readonly events: readonly TrailEvent[];
  readonly validated: ValidatedTrail;
}

/**
 * Events of one transaction, with what is known of the files that they are from
 *
 * @throws CliError
 */
export async function trailOf(place: TrailPlace, txn: string): Promise<TracedTrail> {
  const events = new Map<string, TrailEvent>();
  const validated = await validatedTrail(place, (path, bytes, state) => {
    for (const [id, event] of eventsIn(path, bytes, txn, state)) events.set(id, event);
  });
  return { events: [...events.values()], validated };
}

/** By their ids */
function eventsIn(
  path: string,
  bytes: Uint8Array,
  txn: string,
  state: FileState,
): readonly (readonly [string, TrailEvent])[] {
  // A name that does not occur need not be looked for: most files are of others.
  const text = textOf(path, bytes, state);
  if (!text.includes(txn)) return [];
  return recordsIn(path, text).flatMap((record, at) => {
    const event = TrailEvent.of(record, txn, state);
    const id = isRecord(record) && typeof record["eventID"] === "string" ? record["eventID"] : `${path} ${at}`;
    return event === undefined ? [] : [[id, event] as const];
  });
}

/** For a file that differs from what was delivered, the finding is reported already. */
function textOf(path: string, bytes: Uint8Array, state: FileState): string {
  try {
    return plainText(path, bytes);
  } catch (error) {
    if (state === "invalid") return "";
    throw error;
  }
}

/** @throws CliError if it is no file of events */
export function recordsIn(name: string, text: string): readonly unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (isRecord(value) && Array.isArray(value["Records"])) return value["Records"] as readonly unknown[];
  throw new CliError(`${name} must be a file of CloudTrail, with a list Records: name the folder that has these alone`);
}
