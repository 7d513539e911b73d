/** One event of a stream, as the WHATWG HTML standard reads it (section 9.2.6) */
export interface StreamEvent {
  readonly event: string | undefined;
  readonly id: string | undefined;
  readonly retry: string | undefined;
  /** Undefined where it has none: it is not dispatched, and its id counts. */
  readonly data: string | undefined;
}

/** More than any message that is worth to be read as a whole */
export const MOST_EVENT_BYTES = 4_194_304;

/** A server sends an event that is too large to be looked at. */
export class EventTooLarge extends Error {
  public override readonly name = "EventTooLarge";
}

const LINE_END = /\r\n|\n|\r/;

/** Events of a stream that comes in parts. Whatever follows the last blank line waits for more. */
export class EventStream {
  private readonly decoder = new TextDecoder("utf-8", { fatal: false });
  /** Parts of the line that has no end yet */
  private parts: string[] = [];
  private lines: string[] = [];
  private size = 0;
  /** Whether the last part ended between the halves of an end of a line, maybe */
  private afterReturn = false;

  /** @throws EventTooLarge */
  public take(chunk: Uint8Array): readonly StreamEvent[] {
    const events: StreamEvent[] = [];
    const decoded = this.decoder.decode(chunk, { stream: true });
    if (decoded === "") return events;
    const text = this.afterReturn && decoded.startsWith("\n") ? decoded.slice(1) : decoded;
    this.afterReturn = decoded.endsWith("\r");
    const [first = "", ...others] = text.split(LINE_END);
    this.add(first);
    for (const other of others) {
      this.endLine(events);
      this.add(other);
    }
    return events;
  }

  private add(part: string): void {
    if (part === "") return;
    this.parts.push(part);
    this.size += part.length;
    if (this.size > MOST_EVENT_BYTES) throw new EventTooLarge();
  }

  private endLine(events: StreamEvent[]): void {
    const line = this.parts.join("");
    this.parts = [];
    if (line !== "") return void this.lines.push(line);
    if (this.lines.length > 0) events.push(eventOf(this.lines));
    this.lines = [];
    this.size = 0;
  }
}

function eventOf(lines: readonly string[]): StreamEvent {
  const fields = lines.map((line) => {
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    return [name, colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "")] as const;
  });
  const last = (wanted: string): string | undefined => fields.filter(([name]) => name === wanted).at(-1)?.[1];
  const data = fields.filter(([name]) => name === "data").map(([, value]) => value);
  return {
    event: last("event"),
    id: last("id"),
    retry: last("retry"),
    data: data.length === 0 ? undefined : data.join("\n"),
  };
}

/** Written anew, so that a reader finds in it what was found here */
export function eventText({ event, id, retry, data }: StreamEvent): string {
  const lines = [
    ...(event === undefined ? [] : [`event: ${event}`]),
    ...(id === undefined ? [] : [`id: ${id}`]),
    ...(retry === undefined ? [] : [`retry: ${retry}`]),
    ...(data === undefined ? [] : data.split("\n").map((line) => `data: ${line}`)),
  ];
  return lines.length === 0 ? "" : `${lines.join("\n")}\n\n`;
}
