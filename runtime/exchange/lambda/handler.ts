import { Hono } from "hono";
import { handle, type LambdaEvent } from "hono/aws-lambda";
import { answeredInTime } from "../http/answered-in-time";
import type { Environment } from "../http/parts";
import type { Log } from "../log";
import { connectionOf } from "./gateway-peers";

const ANSWER_MILLISECONDS = 10_000;

export interface HandlerProps {
  readonly app: Hono<Environment>;
  /** Asked before each request: timers stand still between them. */
  readonly refresh: () => Promise<void>;
  readonly log: Log;
}

export type Handler = (event: unknown) => Promise<unknown>;

/** Requests of an HTTP API of API Gateway, or of a function URL, to the app */
export function lambdaHandler({ app, refresh, log }: HandlerProps): Handler {
  const outer = new Hono<{ Bindings: { readonly requestContext: unknown } }>();
  outer.all("*", ({ req, env }) => {
    const connection = connectionOf(env.requestContext);
    const answer = refresh().then(() => app.fetch(req.raw, { connection }));
    return answeredInTime(answer, ANSWER_MILLISECONDS, log);
  });
  const answer = handle(outer);
  return async (event) => {
    if (!isHttpRequest(event)) {
      const what = "the event must be a request of an HTTP API or a function URL in payload format 2.0";
      throw new Error(`${what}: invoke the function through them`);
    }
    return answer(event);
  };
}

/** Other formats, such as that of a load balancer, have their certificates elsewhere, or in headers. */
function isHttpRequest(event: unknown): event is LambdaEvent {
  const { version, rawPath, requestContext } = (event ?? {}) as Readonly<Record<string, unknown>>;
  const { http } = (requestContext ?? {}) as Readonly<Record<string, unknown>>;
  return version === "2.0" && typeof rawPath === "string" && typeof http === "object" && http !== null;
}
