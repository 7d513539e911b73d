import { GATEWAY_REASONS } from "../../../domain";
import { isRecord } from "../../../domain/is-record";
import { measureJson, membersIn } from "../../../iam/duplicate-keys";
import type { AnswerHead, AnswerReader, BodySight } from "../answer/answer-reader";
import { EventStream, eventText, type StreamEvent } from "./event-stream";
import { errorMessage, type Members, membersOf, RPC, type RpcId } from "./rpc";

/** What is done to each message of a server */
export interface Screen {
  /** The answer to the request: what the agent gets in its place */
  result(message: Members): Members;
  /** Anything else that the server says: whether it passes */
  passes(message: Members): boolean;
}

export interface AnswerProps {
  /** Of the request; undefined where none is waited for */
  readonly id: RpcId | undefined;
  readonly screen: Screen;
  /** What the answer's head tells, before any of its body */
  readonly onHead?: (head: AnswerHead) => void;
}

type Outcome = ReturnType<AnswerReader["outcome"]>;

const MEMBERS: ReadonlySet<string> = new Set(["jsonrpc", "id", "method", "params", "result", "error"]);
const DEEPEST = 512;
const NOTHING = new Uint8Array();
const KEPT_ALIVE = ":\n\n";

/** Reads what an MCP server answers: one message, or a stream of them. What cannot be read is not passed on. */
export class AnswerOfServer implements AnswerReader {
  private readonly stream = new EventStream();
  private isBroken = false;
  private status = 0;
  private found: Outcome = "unknown";

  constructor(private readonly props: AnswerProps) {}

  public head(head: AnswerHead): BodySight {
    const { status, headers } = head;
    this.status = status;
    this.props.onHead?.(head);
    if (this.props.id === undefined) this.found = ofStatus(status);
    if (status === 202 || status === 204) return "none";
    return (valueOf(headers, "content-type") ?? "").toLowerCase().startsWith("text/event-stream") ? "parts" : "whole";
  }

  public whole(body: Uint8Array): Uint8Array | undefined {
    const message = messageIn(body);
    const isOk = this.status >= 200 && this.status < 300;
    if (message === undefined) {
      // A server that refuses may say so in any words.
      if (!isOk) this.found = ofStatus(this.status);
      return isOk && this.props.id !== undefined ? bytesOf(this.unreadable()) : undefined;
    }
    const screened = this.screened(message);
    if (screened === message) return undefined;
    return screened === undefined ? NOTHING : bytesOf(screened);
  }

  public part(chunk: Uint8Array): Uint8Array | undefined {
    if (this.isBroken) return NOTHING;
    try {
      const events = this.stream.take(chunk);
      return Buffer.from(events.map((event) => this.eventOf(event)).join(""));
    } catch {
      this.isBroken = true;
      return NOTHING;
    }
  }

  public outcome(isCut: boolean): Outcome {
    if (this.props.id === undefined) return isCut && this.found === "succeeded" ? "unknown" : this.found;
    return this.found;
  }

  private eventOf(event: StreamEvent): string {
    if (event.data === undefined || event.data === "") return eventText(event) || KEPT_ALIVE;
    const message = messageIn(Buffer.from(event.data));
    const screened = message === undefined ? undefined : this.screened(message);
    if (screened === message && message !== undefined) return eventText(event);
    // Its id still counts: a client that comes back goes on behind it.
    return eventText({ ...event, data: screened === undefined ? undefined : JSON.stringify(screened) }) || KEPT_ALIVE;
  }

  private screened(message: Members): Members | undefined {
    const { id, screen } = this.props;
    if (Object.hasOwn(message, "method")) return screen.passes(message) ? message : undefined;
    // An answer to a request of somebody else, as CVE-2026-25536 had it, is none to this one.
    if (id === undefined || message["id"] !== id) {
      return message["id"] === undefined && Object.hasOwn(message, "error") ? message : undefined;
    }
    if (Object.hasOwn(message, "error")) {
      this.found = "failed";
      return message;
    }
    const result = screen.result(message);
    this.found = outcomeOf(result);
    return result;
  }

  private unreadable(): Members {
    return answerRefused(this.props.id, "the server's answer is no message of MCP");
  }
}

/** In place of an answer that is not passed on */
export function answerRefused(id: RpcId | undefined, what: string): Members {
  return errorMessage(id, RPC.internal, what, {
    reasons: [{ code: "gateway.answer", what, fix: GATEWAY_REASONS["gateway.answer"][2] }],
  });
}

/** Of a header of an answer */
export function valueOf(headers: AnswerHead["headers"], wanted: string): string | undefined {
  return headers.find(([name]) => name === wanted)?.[1];
}

function outcomeOf(message: Members): Outcome {
  if (Object.hasOwn(message, "error")) return "failed";
  const result = membersOf(message["result"]);
  if (result === undefined) return "unknown";
  return result["isError"] === true ? "failed" : "succeeded";
}

function ofStatus(status: number): Outcome {
  if (status >= 200 && status < 300) return "succeeded";
  return status >= 400 && status < 500 ? "failed" : "unknown";
}

/** Undefined where it is none, or where readers could find different ones in it */
function messageIn(bytes: Uint8Array): Members | undefined {
  const { members, depth } = measureJson(bytes);
  if (depth > DEEPEST) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
  if (!isRecord(value) || value["jsonrpc"] !== "2.0") return undefined;
  if (!Object.keys(value).every((name) => MEMBERS.has(name))) return undefined;
  return membersIn(value) === members ? (value as Members) : undefined;
}

function bytesOf(message: Members): Uint8Array {
  return Buffer.from(JSON.stringify(message));
}
