import { GATEWAY_REASONS, own } from "../../../domain";
import type { AnswerHead, AnswerReader, BodySight } from "../answer/answer-reader";
import { EventStream, EventTooLarge, MOST_EVENT_BYTES, type StreamEvent } from "../../event-stream";
import { outcomeOfStatus } from "../answer/outcome-of-status";
import type { Outcome } from "../call/outcomes";
import { Denial } from "../denial";
import type { HeldBytes } from "../held-bytes";
import { answerMessageOf } from "./answer-message";
import { type ContentType, contentTypeOf, mayBeStream } from "./content-type";
import { eventText, isMessage } from "./event-stream";
import { asRpc } from "./mcp-refusal";
import { errorMessage, type Members, membersOf, RPC, type RpcId } from "./rpc";

/** What is done to each message of a server */
export interface Screen {
  /** The answer to the request: what the agent gets in its place */
  result(message: Members): Members;
  /** Anything else that the server says: whether it passes */
  passes(message: Members): boolean;
}

export interface AnswerProps {
  /** Id of the request; undefined if no answer is expected */
  readonly id: RpcId | undefined;
  readonly screen: Screen;
  /** What all answers of the process hold together */
  readonly held: HeldBytes;
  /** What the answer's head tells, before any of its body */
  readonly onHead?: (head: AnswerHead) => void;
}

const NOTHING = new Uint8Array();
const KEPT_ALIVE = ":\n\n";
/** Statuses that say that no body comes */
const WITHOUT_BODY: ReadonlySet<number> = new Set([202, 204, 205]);

/** Reads what an MCP server answers: one message, or a stream of them. What cannot be read is not passed on. */
export class AnswerOfServer implements AnswerReader {
  private readonly stream: EventStream;
  private isBroken = false;
  private status = 0;
  private type: ContentType | undefined;
  private found: Outcome = "unknown";
  private isAnswered = false;

  constructor(private readonly props: AnswerProps) {
    this.stream = new EventStream(props.held);
  }

  public head(head: AnswerHead): BodySight {
    const { status, headers } = head;
    this.status = status;
    this.props.onHead?.(head);
    if (this.props.id === undefined) this.found = outcomeOfStatus(status);
    if (WITHOUT_BODY.has(status)) return "whole";
    this.type = contentTypeOf(headers);
    if (this.type === undefined && (this.isOk ? this.props.id !== undefined : mayBeStream(headers))) this.refuseType();
    return this.type === "stream" ? "parts" : "whole";
  }

  public whole(body: Uint8Array): Uint8Array | undefined {
    if (WITHOUT_BODY.has(this.status)) return body.length === 0 ? undefined : this.instead();
    if (this.isOk && this.type === undefined) return body.length === 0 ? undefined : this.refuseType();
    const message = answerMessageOf(body);
    if (message === undefined) {
      if (this.isOk) return body.length === 0 && this.props.id === undefined ? undefined : this.instead();
      // A server that refuses may say so in any words.
      this.found = outcomeOfStatus(this.status);
      return undefined;
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
    } catch (error) {
      return this.broken(
        error instanceof EventTooLarge
          ? `the server's answer has an event of more than ${MOST_EVENT_BYTES} bytes`
          : "the authorizer has too many answers to read at once",
      );
    }
  }

  public outcome(isCut: boolean): Outcome {
    this.stream.release();
    if (this.props.id === undefined) return isCut && this.found === "succeeded" ? "unknown" : this.found;
    return this.found;
  }

  private get isOk(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  private eventOf(event: StreamEvent): string {
    const { data } = event;
    if (!isMessage(event) || data === undefined) return eventText(event, undefined) || KEPT_ALIVE;
    if (data === "") return eventText(event, "");
    const message = answerMessageOf(Buffer.from(data));
    const screened = message === undefined ? undefined : this.screened(message);
    if (screened !== undefined) return eventText(event, screened === message ? data : JSON.stringify(screened));
    // Its id still counts: a client that comes back goes on behind it.
    return eventText(event, undefined) || KEPT_ALIVE;
  }

  private screened(message: Members): Members | undefined {
    const { id, screen } = this.props;
    if (Object.hasOwn(message, "method")) return screen.passes(message) ? message : undefined;
    // A response to another client's request, as in CVE-2026-25536, does not answer this one.
    if (id === undefined || message["id"] !== id) {
      return message["id"] === undefined && Object.hasOwn(message, "error") ? message : undefined;
    }
    if (this.isAnswered) return undefined;
    this.isAnswered = true;
    if (Object.hasOwn(message, "error")) {
      this.found = "failed";
      return message;
    }
    const result = screen.result(message);
    this.found = this.isOk ? outcomeOf(result) : "unknown";
    return result;
  }

  /** In place of a body that must not be there, or that cannot be read */
  private instead(): Uint8Array {
    const { id } = this.props;
    return id === undefined ? NOTHING : bytesOf(answerRefused(id, "the server's answer is no message of MCP"));
  }

  /** The rest of the stream is dropped; an agent that still waits gets an error. */
  private broken(what: string): Uint8Array {
    const { id } = this.props;
    this.isBroken = true;
    this.stream.release();
    if (id === undefined || this.isAnswered) return NOTHING;
    this.isAnswered = true;
    const event = { event: undefined, id: undefined, retry: undefined };
    return Buffer.from(eventText(event, JSON.stringify(answerRefused(id, what))));
  }

  /** @throws Denial `gateway.answer` */
  private refuseType(): never {
    this.found = "unknown";
    throw asRpc(
      Denial.of(
        "gateway.answer",
        "the server's answer must have one content-type, application/json or text/event-stream in UTF-8",
      ),
      this.props.id,
    );
  }
}

/** In place of an answer that is not passed on */
export function answerRefused(id: RpcId | undefined, what: string): Members {
  return errorMessage(id, RPC.internal, what, {
    reasons: [{ code: "gateway.answer", what, fix: GATEWAY_REASONS["gateway.answer"].fix }],
  });
}

/** Of a header of an answer */
export function valueOf(headers: AnswerHead["headers"], wanted: string): string | undefined {
  return headers.find(([name]) => name === wanted)?.[1];
}

/** A call that goes on, with a question back or as a task, has not ended; and one whose result is not passed on may have done anything. */
function outcomeOf(message: Members): Outcome {
  const result = membersOf(message["result"]);
  const type = own(result, "resultType");
  if (result === undefined || own(result, "task") !== undefined) return "unknown";
  if (type !== undefined && type !== "complete") return "unknown";
  const isError = own(result, "isError");
  if (isError === true) return "failed";
  return isError === undefined || isError === false ? "succeeded" : "unknown";
}

function bytesOf(message: Members): Uint8Array {
  return Buffer.from(JSON.stringify(message));
}
