import type { ServerDuplexStream } from "@grpc/grpc-js";
import type { AnswerReader } from "../answer/answer-reader";
import { AnswerStream, type Passage } from "../answer/answer-stream";
import { Denial } from "../denial";
import type { OpenCalls } from "../call/open-calls";
import { callIdIn } from "./call-id";
import { refusalOf } from "./check-response";
import { headerList } from "./header-list";
import type { ProcessingRequest, ProcessingResponse } from "./protocol";

const STATUS = ":status";
/** By which Envoy's configuration knows it, and leaves its body alone */
const DETAILS = "ambit_answer";
const SEND = 1;
const BODY_MODE = { none: 0, parts: 1, whole: 2 } as const;

/** A call in flight, by its id; undefined if unknown */
export type FindCall = (id: string) => { readonly answer?: AnswerReader | undefined } | undefined;

export interface ProcessingProps {
  readonly find: FindCall;
  /** Told of each answer that was held back. */
  readonly refused: (id: string, denial: Denial) => void;
  /** Calls that were cut, or may be while their answers pass */
  readonly open: Pick<OpenCalls, "answering" | "cutOf">;
}

export interface Processed {
  readonly response: ProcessingResponse;
  /** Whether no more of the answer is to be shown */
  readonly isLast: boolean;
}

/** One answer of a tool, as Envoy shows it part by part */
export class Processing {
  private stream: AnswerStream | undefined;
  private id = "";

  constructor(private readonly props: ProcessingProps) {}

  /** The call that is answered; undefined for what the gateway answers by itself */
  public get call(): string | undefined {
    return this.id || undefined;
  }

  /** No more of the answer goes to the agent: Envoy resets what has begun. */
  public cut(denial: Denial): Processed {
    const { status, headers, body } = refusalOf(denial, this.id);
    const immediate = { status, headers: { set_headers: headers }, body: Buffer.from(body), details: DETAILS };
    return { response: { immediate_response: immediate }, isLast: true };
  }

  public take(request: ProcessingRequest): Processed {
    const { response_headers: head, response_body: body } = request;
    if (head) {
      this.id = callIdIn(request.metadata_context) ?? "";
      return this.head(headerList(head.headers?.headers ?? []), head.end_of_stream);
    }
    const passage = this.stream?.body(body?.body ?? Buffer.alloc(0), body?.end_of_stream ?? true);
    if (passage === undefined)
      return this.refused(Denial.of("gateway.answer", "Envoy shows a body before its headers"));
    if ("denial" in passage) return this.refused(passage.denial);
    const { body: replaced } = passage;
    const response = replaced === undefined ? {} : { body_mutation: { body: replaced } };
    return { response: { response_body: { response } }, isLast: body?.end_of_stream ?? true };
  }

  private head(headers: ReturnType<typeof headerList>, isLast: boolean): Processed {
    const cut = this.props.open.cutOf(this.id);
    if (cut !== undefined) return this.cut(cut);
    const call = this.id === "" ? {} : this.props.find(this.id);
    // Such as one from before the authorizer was started anew
    if (call === undefined) return this.refused(Denial.of("gateway.answer", "the call is not known to the authorizer"));
    // Without an id it is what the gateway answers by itself.
    if (call.answer === undefined) return passed("none", isLast || this.id === "");
    this.stream = new AnswerStream(call.answer);
    const status = Number(headers.find(([name]) => name === STATUS)?.[1] ?? 0);
    const passage: Passage = this.stream.head({ status, headers }, isLast);
    return "denial" in passage ? this.refused(passage.denial) : passed(this.stream.sight, isLast);
  }

  private refused(denial: Denial): Processed {
    this.props.refused(this.id, denial);
    return this.cut(denial);
  }
}

/** The stream ends with the last part that the reader needs, so that Envoy does not have to reset it. */
export function serveProcessing(
  stream: ServerDuplexStream<ProcessingRequest, ProcessingResponse>,
  props: ProcessingProps,
): void {
  const processing = new Processing(props);
  let isOver = false;
  let leave: (() => void) | undefined;
  const over = (): void => {
    isOver = true;
    leave?.();
  };
  const answer = ({ response, isLast }: Processed): void => {
    stream.write(response);
    if (!isLast) return;
    over();
    stream.end();
  };
  stream.on("data", (request: ProcessingRequest) => {
    if (isOver) return;
    answer(processing.take(request));
    if (isOver || leave !== undefined || processing.call === undefined) return;
    leave = props.open.answering(processing.call, (because) => answer(processing.cut(because)));
  });
  stream.on("end", () => {
    if (!isOver) stream.end();
    over();
  });
  stream.on("cancelled", over);
  stream.on("error", over);
}

/** @param isLast whether no more of the answer comes, or none of it can be cut */
function passed(sight: keyof typeof BODY_MODE, isLast: boolean): Processed {
  return {
    response: {
      response_headers: {
        response: sight !== "none" ? { header_mutation: { remove_headers: ["content-length"] } } : {},
      },
      mode_override: {
        response_header_mode: SEND,
        response_body_mode: BODY_MODE[sight],
        // Envoy would end the stream of a body that is not to be seen, which could not be cut any more.
        ...(sight === "none" && !isLast && { response_trailer_mode: SEND }),
      },
    },
    isLast: sight === "none" && isLast,
  };
}
