import { closeSync, openSync, readSync, statSync } from "node:fs";
import { hasKey, keysOf, type LookUp, shortHash } from "./index-keys";
import type { LogMemory } from "./log-memory";
import type { PlacedRecord, VerifiedRecords } from "./verified-records";

/** Records of one segment: it is written once, when the log has all of them. The rest is read at each look-up. */
export const SEGMENT_RECORDS = 16_384;
const NUMBER_BYTES = 8;

/**
 * Finds records by transaction, token, digest or writer without a look at the whole log.
 *
 * It lies beside the checkpoint that was seen last, with the reader and not with the log: its keeper need not be trusted for
 * it, and a bucket may stay read-only. It only says where to look. What it names is compared with the signed tree, and it can be
 * deleted at any time: it is made anew from the log.
 *
 * A segment is a sorted list of doubles, each the 39 bits of a name's hash, and the 14 of a record's place in the segment.
 */
export class LogIndex {
  /** The records behind the segments by what they are found by: one story asks for many names. */
  private rest: Promise<ReadonlyMap<string, readonly PlacedRecord[]>> | undefined;

  constructor(
    private readonly memory: LogMemory,
    private readonly records: VerifiedRecords,
  ) {}

  /** Write the segments that are not there yet. @throws UnsoundLog */
  public async build(): Promise<void> {
    for (let segment = 0; segment < this.segments; segment++) {
      if (this.isThere(segment)) continue;
      const entries: number[] = [];
      const first = segment * SEGMENT_RECORDS;
      for await (const some of this.records.between(first, first + SEGMENT_RECORDS)) {
        for (const { index, record } of some) {
          for (const [by, value] of keysOf(record)) entries.push(entryOf(by, value, index - first));
        }
      }
      const sorted = Float64Array.from(entries).sort();
      this.memory.write(nameOf(segment), new Uint8Array(sorted.buffer));
    }
  }

  /** All records that are found by this, in the log's order. @throws UnsoundLog */
  public async find(by: LookUp, value: string): Promise<readonly PlacedRecord[]> {
    const found: PlacedRecord[] = [];
    for (let segment = 0; segment < this.segments; segment++) {
      for (const place of this.places(segment, by, value)) {
        const record = await this.records.at(segment * SEGMENT_RECORDS + place);
        if (hasKey(record.record, by, value)) found.push(record);
      }
    }
    const rest = await (this.rest ??= this.readRest());
    return [...found, ...(rest.get(nameIn(by, value)) ?? [])];
  }

  private async readRest(): Promise<ReadonlyMap<string, readonly PlacedRecord[]>> {
    const rest = new Map<string, PlacedRecord[]>();
    for await (const some of this.records.between(this.segments * SEGMENT_RECORDS, this.records.size)) {
      for (const placed of some) {
        for (const [by, value] of keysOf(placed.record)) {
          const name = nameIn(by, value);
          const before = rest.get(name);
          if (before === undefined) rest.set(name, [placed]);
          else before.push(placed);
        }
      }
    }
    return rest;
  }

  /** Full ones */
  private get segments(): number {
    return Math.floor(this.records.size / SEGMENT_RECORDS);
  }

  private isThere(segment: number): boolean {
    const size = statSync(this.memory.path(nameOf(segment)), { throwIfNoEntry: false })?.size;
    return size !== undefined && size > 0 && size % NUMBER_BYTES === 0;
  }

  private places(segment: number, by: LookUp, value: string): readonly number[] {
    const path = this.memory.path(nameOf(segment));
    const file = openSync(path, "r");
    try {
      const count = statSync(path).size / NUMBER_BYTES;
      const least = entryOf(by, value, 0);
      const places: number[] = [];
      for (let at = firstFrom(file, count, least); at < count; at++) {
        const place = numberAt(file, at) - least;
        if (place >= SEGMENT_RECORDS) break;
        if (places.at(-1) !== place) places.push(place);
      }
      return places;
    } finally {
      closeSync(file);
    }
  }
}

function entryOf(by: LookUp, value: string, place: number): number {
  return shortHash(by, value) * SEGMENT_RECORDS + place;
}

function nameIn(by: LookUp, value: string): string {
  return `${by}\n${value}`;
}

function nameOf(segment: number): string {
  return `segment-${segment}`;
}

/** Place of the first number that is not less */
function firstFrom(file: number, count: number, least: number): number {
  let [from, to] = [0, count];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (numberAt(file, middle) < least) from = middle + 1;
    else to = middle;
  }
  return from;
}

const number = Buffer.alloc(NUMBER_BYTES);

function numberAt(file: number, at: number): number {
  readSync(file, number, 0, NUMBER_BYTES, at * NUMBER_BYTES);
  return number.readDoubleLE();
}
