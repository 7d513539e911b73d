import type { IncomingMessage, ServerResponse } from "node:http";
import { ATTRIBUTES } from "../../domain/telemetry-names";
import type { Span, SpanStart, Telemetry } from "../telemetry/telemetry";
import { traceContextOf } from "../telemetry/trace-context";
import { valuesOf } from "./tools/headers";

export interface PassageProps extends Pick<SpanStart, "from" | "kind" | "name"> {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

/** From which on a status is a failure (semantic conventions, HTTP spans: of a client from 400, of a server from 500) */
const FAILED = { client: 400, internal: 500, server: 500 } as const;

/** What passes the companion, until its answer is over. The `traceparent` of the side that asks is linked, where it is one alone. */
export function passageSpan(telemetry: Telemetry, { incoming, outgoing, ...start }: PassageProps): Span {
  const span = telemetry.begin(start);
  const [traceparent, ...others] = valuesOf(incoming.rawHeaders, "traceparent");
  if (others.length === 0) span.link(traceContextOf(traceparent));
  outgoing.once("close", () => {
    const { statusCode, writableFinished } = outgoing;
    span.set({ [ATTRIBUTES.httpStatus]: statusCode });
    const failed = statusCode >= FAILED[start.kind] ? `${statusCode}` : undefined;
    span.end(failed ?? (writableFinished ? undefined : "cut"));
  });
  return span;
}
