import { type ByteRoom, GrowingBytes } from "./growing-bytes";

/** One event of a stream, as the WHATWG HTML standard reads it (section 9.2.6) */
export interface StreamEvent {
  readonly event: string | undefined;
  readonly id: string | undefined;
  readonly retry: string | undefined;
  /** Undefined if it has none: such an event is not dispatched, but its id counts. */
  readonly data: string | undefined;
}

/** Of one event with its field names and line ends: as much as of an answer that is read as a whole */
export const MOST_EVENT_BYTES = 1_048_576;

/** A server sends an event that is too large to be looked at. */
export class EventTooLarge extends Error {
  public override readonly name = "EventTooLarge";
}

const LF = 0x0a;
const CR = 0x0d;
const BYTE_ORDER_MARK = /^\uFEFF/;

/** Events of a stream that comes in parts. What follows the last blank line waits for more. */
export class EventStream {
  private readonly line: GrowingBytes;
  private readonly data: GrowingBytes;
  private hasData = false;
  private fields: Record<string, string | undefined> = {};
  /** Of the event, line ends counted */
  private size = 0;
  private isFirst = true;
  /** Whether the last part ended between the halves of an end of a line, maybe */
  private afterReturn = false;

  /** @param held what all streams of the process hold together; left out if the caller bounds it */
  constructor(held?: ByteRoom) {
    this.line = new GrowingBytes(held);
    this.data = new GrowingBytes(held);
  }

  /** @throws EventTooLarge; Error of the room, if all streams together hold too much. Then the stream must be released. */
  public take(chunk: Uint8Array): readonly StreamEvent[] {
    const events: StreamEvent[] = [];
    let from = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (byte !== LF && byte !== CR) {
        this.afterReturn = false;
        continue;
      }
      const isSecondHalf = byte === LF && this.afterReturn;
      this.afterReturn = byte === CR;
      if (!isSecondHalf) {
        this.add(chunk.subarray(from, at));
        this.endLine(events);
      }
      from = at + 1;
    }
    this.add(chunk.subarray(from));
    return events;
  }

  /** Stops reading. */
  public release(): void {
    this.line.release();
    this.data.release();
  }

  private add(bytes: Uint8Array): void {
    this.grow(bytes.length);
    this.line.add(bytes);
  }

  private grow(bytes: number): void {
    this.size += bytes;
    if (this.size > MOST_EVENT_BYTES) throw new EventTooLarge();
  }

  private endLine(events: StreamEvent[]): void {
    const isBlank = this.line.length === 0;
    if (!isBlank) {
      this.grow(1);
      this.field(this.line.text());
      this.line.clear();
      return;
    }
    const { event, id, retry } = this.fields;
    const data = this.hasData ? this.data.text().slice(0, -1) : undefined;
    if (this.size > 0) events.push({ event, id, retry, data });
    this.data.clear();
    this.hasData = false;
    this.fields = {};
    this.size = 0;
  }

  private field(text: string): void {
    const line = this.isFirst ? text.replace(BYTE_ORDER_MARK, "") : text;
    this.isFirst = false;
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") {
      this.hasData = true;
      this.data.add(Buffer.from(`${value}\n`));
    } else if (name === "event" || name === "id" || name === "retry") {
      this.fields[name] = value;
    }
  }
}
