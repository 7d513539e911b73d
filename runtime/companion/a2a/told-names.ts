import type { IncomingMessage } from "node:http";
import { type ByteRoom, GrowingBytes } from "../../growing-bytes";
import { EventStream } from "../../event-stream";
import { type Name, namesToldBy } from "./names";

/** Of an answer in JSON; more is passed on, and tells of no task */
const MOST_BYTES = 1_048_576;
const STREAM = /^text\/event-stream\b/i;
const CLOSING_BRACE = 0x7d;

/** Tasks and contexts that an answer of A2A tells of, as it comes */
export class ToldNames {
  private readonly events: EventStream | undefined;
  private readonly whole: GrowingBytes;
  private isOver = false;

  constructor(
    { headers, statusCode }: Pick<IncomingMessage, "headers" | "statusCode">,
    room: ByteRoom,
    private readonly tell: (names: readonly Name[]) => void,
  ) {
    this.events = STREAM.test(headers["content-type"] ?? "") ? new EventStream(room) : undefined;
    this.whole = new GrowingBytes(room);
    this.isOver = (statusCode ?? 0) >= 300;
  }

  /** Before the part goes on: what it tells of may be asked for by then. */
  public take(part: Buffer): void {
    if (this.isOver) return;
    try {
      if (this.events === undefined) return this.ofWhole(part);
      for (const { data } of this.events.take(part)) this.read(data ?? "");
    } catch {
      // Too large, or too much at once
      this.end();
    }
  }

  public end(): void {
    this.isOver = true;
    this.events?.release();
    this.whole.release();
  }

  private ofWhole(part: Buffer): void {
    if (this.whole.length + part.length > MOST_BYTES) return this.end();
    this.whole.add(part);
    if (part.at(-1) === CLOSING_BRACE) this.read(this.whole.text());
  }

  private read(text: string): void {
    let answer: unknown;
    try {
      answer = JSON.parse(text);
    } catch {
      return;
    }
    this.tell(namesToldBy(answer));
  }
}
