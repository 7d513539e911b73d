import { Hono } from "hono";
import { handle, type LambdaEvent } from "hono/aws-lambda";
import type { Log } from "../../log";
import { Refusal } from "../../refusal/refusal";
import { answeredInTime } from "../http/answered-in-time";
import type { Environment } from "../http/parts";
import { refusedRequest } from "../http/refused-request";
import { connectionOf } from "./gateway-peers";
import { isHttpEvent, isRequest } from "../../http-event";

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
  outer.onError((error, { req }) => refusedRequest(error, { path: req.path }, log));
  const answer = handle(outer);
  return async (event) => {
    if (!isHttpEvent(event)) {
      const what = "the event must be a request of an HTTP API or a function URL in payload format 2.0";
      throw new Error(`${what}: invoke the function through them`);
    }
    return isRequest(event) ? answer(event as LambdaEvent) : malformed(log);
  };
}

async function malformed(log: Log): Promise<object> {
  const answer = refusedRequest(Refusal.of("request.malformed"), {}, log);
  return { statusCode: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
}
