import { isRecord } from "../../../../domain/is-record";
import type { ModelApi } from "../../../../domain";
import type { AnswerHead, AnswerReader } from "../../answer/answer-reader";
import { EventStream, type StreamEvent } from "../../../event-stream";
import { jsonIn } from "../../../json";
import { HeldBytes } from "../../held-bytes";
import { type StreamReader, streamReader } from "./stream-readers";
import { ANTHROPIC, CHAT_COMPLETIONS, RESPONSES, usageOf, writtenOf } from "./usage";

/** Of all answers that are being read at the same time: those of Envoy itself come beside it */
const HELD = new HeldBytes(67_108_864);
/** Of an answer as a whole, with the request that it repeats */
const MOST_BYTES = 4_194_304;
/** What a part takes beside its bytes: an answer may come byte by byte */
const PER_PART = 128;
/** An event counts that the answer ends with, though no blank line follows. */
const END = Buffer.from("\n\n");

const USAGE = {
  "anthropic.messages": ANTHROPIC,
  "openai.responses": RESPONSES,
  "openai.chat-completions": CHAT_COMPLETIONS,
} as const;

/** Statuses 4xx after which the provider may have done something; after the other 4xx it did nothing. */
const UNKNOWN_EFFECT: readonly number[] = [408, 409, 499];
/** Of a response that goes on in the background */
const NOT_OVER: readonly unknown[] = ["queued", "in_progress"];

/** Reads from a model's answer how many tokens it used. It changes and delays nothing. */
export class ModelAnswer implements AnswerReader {
  private status = 0;
  private events: EventStream | undefined;
  private stream: StreamReader | undefined;
  private parts: Uint8Array[] | undefined;
  private isJson = false;
  private bytes = 0;
  private kept = 0;
  private isEnded = false;
  private counted: number | undefined;
  private writes: number | undefined;

  /** @param held what all answers keep: what would be above it is not read, and its usage stays unknown */
  constructor(
    private readonly api: ModelApi,
    private readonly held: HeldBytes = HELD,
  ) {}

  public head({ status, headers }: AnswerHead): "none" | "parts" {
    this.status = status;
    const valueOf = (name: string): string => headers.find(([key]) => key === name)?.[1] ?? "";
    if (status < 200 || status >= 300 || valueOf("content-encoding") !== "") return "none";
    const [type = ""] = valueOf("content-type").split(";", 1);
    if (/^text\/event-stream$/i.test(type.trim())) {
      this.events = new EventStream(this.held);
      this.stream = streamReader(this.api);
      return "parts";
    }
    if (!/^application\/json$/i.test(type.trim())) return "none";
    this.isJson = true;
    this.parts = [];
    return "parts";
  }

  public whole(body: Uint8Array): undefined {
    return this.part(body, true);
  }

  public part(chunk: Uint8Array, isLast: boolean): undefined {
    if (this.events !== undefined) this.readEvents(this.events, chunk, isLast);
    if (this.parts !== undefined) this.readJson(this.parts, chunk, isLast);
    return undefined;
  }

  public outcome(isCut: boolean): "failed" | "succeeded" | "unknown" {
    const ended = this.ending(isCut);
    this.drop();
    return ended;
  }

  private ending(isCut: boolean): "failed" | "succeeded" | "unknown" {
    if (this.status >= 400 && this.status < 500) return "failed";
    if (this.status < 200 || this.status >= 300) return "unknown";
    if (this.stream?.state === "failed") return "failed";
    // A client goes away as soon as it has read the last event.
    if (this.stream?.state === "ended" || this.isEnded) return "succeeded";
    return isCut || this.stream !== undefined || this.isJson ? "unknown" : "succeeded";
  }

  /** Tokens in and out; undefined if the provider did not say */
  public used(): number | undefined {
    if (this.status >= 400 && this.status < 500 && !UNKNOWN_EFFECT.includes(this.status)) return 0;
    return this.stream === undefined ? this.counted : this.stream.used;
  }

  public written(): number | undefined {
    return this.stream === undefined ? this.writes : this.stream.written;
  }

  private readEvents(events: EventStream, chunk: Uint8Array, isLast: boolean): void {
    let found: readonly StreamEvent[];
    try {
      found = [...events.take(chunk), ...(isLast ? events.take(END) : [])];
    } catch {
      // An event is too long, or no room is left: what is not read any more stays unknown.
      return this.drop();
    }
    for (const { event, data } of found) if (data !== undefined) this.stream?.read({ event, data });
    if (isLast) this.drop();
  }

  private readJson(parts: Uint8Array[], chunk: Uint8Array, isLast: boolean): void {
    this.bytes += chunk.length;
    if (this.bytes > MOST_BYTES || !this.keeps(this.bytes + parts.length * PER_PART)) return this.drop();
    parts.push(Uint8Array.from(chunk));
    if (!isLast) return;
    const answer = jsonIn(Buffer.concat(parts).toString("utf8"));
    this.drop();
    if (!isRecord(answer)) return;
    this.isEnded = true;
    if (NOT_OVER.includes(answer.status)) return;
    this.counted = usageOf(answer.usage, USAGE[this.api]);
    this.writes = writtenOf(answer.usage, USAGE[this.api]);
  }

  /** Whether so much of this answer may be kept from now on */
  private keeps(bytes: number): boolean {
    if (!this.held.takes(bytes - this.kept)) return false;
    this.kept = bytes;
    return true;
  }

  private drop(): void {
    this.held.release(this.kept);
    this.kept = 0;
    this.events?.release();
    this.events = undefined;
    this.parts = undefined;
  }
}
