import { FILE_STATES } from "../cloudtrail/trail-report";
import type { FileState, ValidatedTrail } from "../cloudtrail/trail-validation";
import type { PlacedRecord } from "../verified-records";
import { unpairedCalls, type UnpairedCalls } from "./call-pairs";
import { laneOf, type Lane, stateOf, type StepState, titleOf } from "./step-words";
import type { TrailEvent } from "./trail-event";

/** One thing that happened in a transaction */
export interface Step {
  /** Whole seconds since the epoch */
  readonly at: number;
  readonly lane: Lane;
  readonly state: StepState;
  /** Such as `token.issued`, or `sts.amazonaws.com AssumeRole` */
  readonly kind: string;
  readonly title: string;
  /** What is known besides, as text */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** Where the record is in the log; undefined for what AWS says, which is not in it */
  readonly entry?: { readonly index: number; readonly writer: string; readonly sequence: number };
  /** Of what AWS says: what is known of the file that says it */
  readonly file?: FileState;
  /** Why no record of the log accounts for what AWS shows, or for a call that ended */
  readonly unaccounted?: string;
}

export interface Story {
  readonly txn: string;
  /** In order */
  readonly steps: readonly Step[];
  /** The log that the records are of */
  readonly log: {
    readonly origin: string;
    readonly size: number;
    readonly root: string;
    readonly witnesses: readonly string[];
  };
  /** Files of CloudTrail that were looked at @default - none */
  readonly cloudtrail?: ValidatedTrail;
}

/** Told by the title already, by the entry, or the same in all steps */
const TOLD = new Set(["txn"]);

/** Records and what AWS shows in order: by time, of the same second as the log has them, and AWS behind what let it. */
export function stepsOf(records: readonly PlacedRecord[], events: readonly TrailEvent[]): readonly Step[] {
  const unpaired = unpairedCalls(records);
  const ours = [...records]
    .sort((a, b) => a.record.time - b.record.time || a.index - b.index)
    .map((record) => recordStep(record, unpaired));
  const theirs = events.map((event) => eventStep(event, records));
  return [...ours, ...theirs].sort((a, b) => a.at - b.at || rank(a) - rank(b));
}

function rank({ entry }: Step): number {
  return entry === undefined ? Infinity : entry.index;
}

function recordStep({ index, record }: PlacedRecord, { withoutOutcome, withoutDecision }: UnpairedCalls): Step {
  const { time, kind, facts, writer, sequence } = record;
  const shown = Object.entries(facts).filter(([name, value]) => !TOLD.has(name) && !isEmpty(value));
  return {
    at: time,
    lane: laneOf(kind),
    state: stateOf(record),
    kind,
    title: withoutOutcome.has(index) ? `${titleOf(record)}; no outcome is on record` : titleOf(record),
    facts: shown.map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)] as const),
    entry: { index, writer, sequence },
    ...(withoutDecision.has(index) && { unaccounted: "no record lets this call go out" }),
  };
}

function eventStep(event: TrailEvent, records: readonly PlacedRecord[]): Step {
  const unaccounted = event.unaccounted(records.map(({ record }) => record));
  return {
    at: event.time,
    lane: "AWS",
    state: unaccounted !== undefined || event.error !== undefined ? "refused" : "done",
    kind: `${event.source} ${event.name}`,
    title: `${event.service} ${event.name}${event.error === undefined ? "" : `: ${event.error}`}`,
    facts: event.facts,
    file: event.file,
    ...(unaccounted !== undefined && { unaccounted }),
  };
}

/** Where a step is written */
export function placeOf({ entry, file = "open" }: Step): string {
  if (entry !== undefined) return `entry ${entry.index}, ${entry.writer} #${entry.sequence}`;
  return `CloudTrail, not in the log; its file is ${FILE_STATES[file]}`;
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}
