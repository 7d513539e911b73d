/** One event of a stream of server-sent events */
export interface StreamEvent {
  /** Empty where it has none */
  readonly name: string;
  readonly data: string;
}

/** What a text takes beside its characters: a stream may come byte by byte */
const PER_TEXT = 32;
const LINE_END = /\r\n|\r|\n/g;

/**
 * Reads server-sent events (WHATWG HTML, section 9.2.6) from bytes that are cut anywhere: within a line end, and within a character.
 */
export class EventStream {
  private readonly decoder = new TextDecoder("utf-8");
  /** Of a line that has not ended, as it came: joined once, when it ends */
  private open: string[] = [];
  private openLength = 0;
  private name = "";
  private data: string[] = [];
  private length = 0;

  /** @param most characters of one event; undefined is returned of what is longer, and no more is read */
  constructor(private readonly most: number) {}

  /** What is kept of an event that has not ended, in characters */
  public get kept(): number {
    return this.length + this.openLength + (this.data.length + this.open.length) * PER_TEXT;
  }

  /** The events that end in this part; undefined where one is too long */
  public read(bytes: Uint8Array, isLast: boolean): readonly StreamEvent[] | undefined {
    const events: StreamEvent[] = [];
    if (!this.readText(this.decoder.decode(bytes, { stream: !isLast }), isLast, events)) return undefined;
    if (isLast) {
      this.line(this.closed(""), events);
      this.line("", events);
    }
    return events;
  }

  private readText(part: string, isLast: boolean, events: StreamEvent[]): boolean {
    // A CR at the end of a part is kept until it is known whether an LF comes.
    const text = this.open.at(-1) === "\r" ? `${this.open.pop()}${part}` : part;
    if (text !== part) this.openLength -= 1;
    let from = 0;
    LINE_END.lastIndex = 0;
    for (let end = LINE_END.exec(text); end !== null; end = LINE_END.exec(text)) {
      if (end[0] === "\r" && LINE_END.lastIndex === text.length && !isLast) break;
      this.line(this.closed(text.slice(from, end.index)), events);
      if (this.length > this.most) return false;
      from = LINE_END.lastIndex;
    }
    const rest = text.slice(from);
    const isHalf = rest.endsWith("\r");
    this.keep(isHalf ? rest.slice(0, -1) : rest);
    if (isHalf) this.keep("\r");
    return this.kept <= this.most;
  }

  private keep(text: string): void {
    if (text === "") return;
    this.open.push(text);
    this.openLength += text.length;
  }

  /** The line that ends so */
  private closed(end: string): string {
    const line = this.open.length === 0 ? end : `${this.open.join("")}${end}`;
    this.open = [];
    this.openLength = 0;
    return line;
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
