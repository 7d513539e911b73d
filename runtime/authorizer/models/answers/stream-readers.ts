import { isRecord } from "../../../../domain/is-record";
import type { ModelApi } from "../../../../domain";
import type { StreamEvent } from "../../../event-stream";
import { jsonIn } from "../../../json";
import { ANTHROPIC, CHAT_COMPLETIONS, RESPONSES, usageOf, writtenOf } from "./usage";

export interface DispatchedEvent extends Pick<StreamEvent, "event"> {
  readonly data: string;
}

/** Reads the events of one answer; usage comes last */
export interface StreamReader {
  /** One that has data; others are not dispatched. */
  read(event: DispatchedEvent): void;
  /** `going` until the event that ends it; `failed` where that says so */
  readonly state: "ended" | "failed" | "going";
  /** Tokens in and out; undefined as long as they are not known */
  readonly used: number | undefined;
  /** Of them, those that the model wrote */
  readonly written: number | undefined;
}

/** `message_start` has what was read, `message_delta` what was written by then, and `message_stop` ends it. */
class MessagesStream implements StreamReader {
  public state: StreamReader["state"] = "going";
  private usage: Readonly<Record<string, unknown>> = {};
  private isWhole = false;

  public read({ event, data }: DispatchedEvent): void {
    if (event === "error") this.state = "failed";
    if (event === "message_stop" && this.state === "going") this.state = "ended";
    const value = event === "message_start" || event === "message_delta" ? jsonIn(data) : undefined;
    if (!isRecord(value)) return;
    const usage = event === "message_start" && isRecord(value.message) ? value.message.usage : value.usage;
    if (!isRecord(usage)) return;
    // Counts of before stand where the later ones leave them out.
    const told = Object.entries(usage).filter(([, count]) => count !== null);
    this.usage = { ...this.usage, ...Object.fromEntries(told) };
    if (event === "message_delta") this.isWhole = true;
  }

  public get used(): number | undefined {
    return this.state === "ended" && this.isWhole ? usageOf(this.usage, ANTHROPIC) : undefined;
  }

  public get written(): number | undefined {
    return this.used === undefined ? undefined : writtenOf(this.usage, ANTHROPIC);
  }
}

/** The event that ends it has the whole response. */
class ResponsesStream implements StreamReader {
  public state: StreamReader["state"] = "going";
  public used: number | undefined;
  public written: number | undefined;

  public read({ data }: DispatchedEvent): void {
    const value = /response\.(?:completed|incomplete|failed)/.test(data) ? jsonIn(data) : undefined;
    if (!isRecord(value) || this.state !== "going") return;
    const { type, response } = value;
    if (type !== "response.completed" && type !== "response.incomplete" && type !== "response.failed") return;
    this.state = type === "response.failed" ? "failed" : "ended";
    this.used = isRecord(response) ? usageOf(response.usage, RESPONSES) : undefined;
    this.written = isRecord(response) ? writtenOf(response.usage, RESPONSES) : undefined;
  }
}

/** Where the client has asked for it, the last chunk before `[DONE]` has the usage. */
class ChatStream implements StreamReader {
  public state: StreamReader["state"] = "going";
  private usage: unknown;

  public read({ data }: DispatchedEvent): void {
    if (this.state !== "going") return;
    if (data === "[DONE]") this.state = "ended";
    const value = data.includes('"usage"') ? jsonIn(data) : undefined;
    if (isRecord(value) && isRecord(value.usage)) this.usage = value.usage;
  }

  public get used(): number | undefined {
    return this.state === "ended" ? usageOf(this.usage, CHAT_COMPLETIONS) : undefined;
  }

  public get written(): number | undefined {
    return this.state === "ended" ? writtenOf(this.usage, CHAT_COMPLETIONS) : undefined;
  }
}

export function streamReader(api: ModelApi): StreamReader {
  if (api === "anthropic.messages") return new MessagesStream();
  return api === "openai.responses" ? new ResponsesStream() : new ChatStream();
}
