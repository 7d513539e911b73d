/** One event of a stream of server-sent events */
export interface StreamEvent {
  /** Empty where it has none */
  readonly name: string;
  readonly data: string;
}

const LINE_END = /\r\n|\r|\n/g;

/**
 * Reads server-sent events (WHATWG HTML, section 9.2.6) from bytes that are cut anywhere: within a line end, and within a character.
 */
export class EventStream {
  private readonly decoder = new TextDecoder("utf-8");
  private rest = "";
  private name = "";
  private data: string[] = [];
  private length = 0;

  /** @param most characters of one event; undefined is returned of what is longer, and no more is read */
  constructor(private readonly most: number) {}

  /** The events that end in this part; undefined where one is too long */
  public read(bytes: Uint8Array, isLast: boolean): readonly StreamEvent[] | undefined {
    const begin = this.rest.length;
    this.rest += this.decoder.decode(bytes, { stream: !isLast });
    if (this.length + this.rest.length > this.most) return undefined;
    const events: StreamEvent[] = [];
    let from = 0;
    // What came before has no end of a line in it, but for a CR whose LF may come now.
    LINE_END.lastIndex = Math.max(0, begin - 1);
    for (let end = LINE_END.exec(this.rest); end !== null; end = LINE_END.exec(this.rest)) {
      if (end[0] === "\r" && LINE_END.lastIndex === this.rest.length && !isLast) break;
      this.line(this.rest.slice(from, end.index), events);
      from = LINE_END.lastIndex;
    }
    this.rest = this.rest.slice(from);
    if (isLast) {
      this.line(this.rest, events);
      this.line("", events);
    }
    return events;
  }

  private line(line: string, events: StreamEvent[]): void {
    if (line === "") return this.dispatch(events);
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + (line[colon + 1] === " " ? 2 : 1));
    if (field === "event") this.name = value;
    if (field !== "data") return;
    this.data.push(value);
    this.length += value.length + 1;
  }

  private dispatch(events: StreamEvent[]): void {
    if (this.data.length > 0) events.push({ name: this.name, data: this.data.join("\n") });
    this.name = "";
    this.data = [];
    this.length = 0;
  }
}
