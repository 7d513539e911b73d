import { Refusal } from "../../refusal/refusal";
import { AccessProblem } from "../access-requests/access-problem";
import type { AccessCaller } from "../access-requests/asker";
import type { ShownTask } from "../access-requests/shown-task";
import { RUN_ID } from "../request/details";
import { json, SECURITY_HEADERS, UNSTORED } from "./answer";
import { jsonOf, readJson, readJsonText } from "./body";
import type { Connection, Endpoint, ExchangeParts } from "./parts";
import { refusedRequest } from "./refused-request";

/** RFC 8628 section 3.5 has it for a client that waits for a person. */
const RETRY_AFTER = { "retry-after": "5" };

/**
 * `POST /access/v1/requests`, `GET /access/v1/requests/<task>` and `POST /access/v1/requests/<task>/cancel`: AuthZEN's Access Request and Approval
 * Profile, Draft 1. Agents, by X.509-SVID, for the run that `Ambit-Run` names.
 */
export function accessRequestEndpoint(parts: ExchangeParts, operation: "cancel" | "status" | "submit"): Endpoint {
  const { accessRequests } = parts;
  const answers = {
    submit: async (caller: AccessCaller, request: Request) => {
      const key = request.headers.get("idempotency-key") ?? undefined;
      const shown = await accessRequests.submit(caller, await readJson(request), key);
      const { status, status_endpoint: location } = shown.task;
      return told(shown, status === "pending" ? 202 : 201, { location });
    },
    status: async (caller: AccessCaller, _: Request, task: string) =>
      told(await accessRequests.status(caller, task), 200),
    cancel: async (caller: AccessCaller, request: Request, task: string) =>
      told(await accessRequests.cancel(caller, task, await bodyOf(request)), 200),
  } as const;
  return async ({ req, env }) => {
    try {
      const caller = callerOf(parts, req.raw, env.connection);
      return await answers[operation](caller, req.raw, req.param("task") ?? "");
    } catch (error) {
      if (error instanceof AccessProblem) return problem(error);
      return refusedRequest(error, { path: req.path }, parts.log, 403);
    }
  };
}

/** @throws Refusal `client.unauthenticated`, `request.malformed` */
function callerOf({ clients }: ExchangeParts, request: Request, connection: Connection): AccessCaller {
  const spiffeId = clients.service(connection);
  const run = request.headers.get("ambit-run") ?? "";
  if (RUN_ID.test(run)) return { spiffeId, run };
  throw Refusal.of("request.malformed", "Ambit-Run must be the id of a run, as /runs and /token tell it");
}

/** @throws Refusal `request.malformed`, `request.too-large` */
async function bodyOf(request: Request): Promise<unknown> {
  if (request.headers.get("content-type") === null) return {};
  const text = await readJsonText(request);
  return text === "" ? {} : jsonOf(text);
}

function told(shown: ShownTask, status: number, headers: Readonly<Record<string, string>> = {}): Response {
  const waiting = shown.task.status === "pending" ? RETRY_AFTER : {};
  return json(shown, { ...UNSTORED, ...waiting, ...headers }, status);
}

/** RFC 9457 */
function problem({ type, title, status, detail }: AccessProblem): Response {
  const body = JSON.stringify({ type, title, status, ...(detail !== undefined && { detail }) });
  return new Response(body, {
    status,
    headers: { "content-type": "application/problem+json", ...UNSTORED, ...SECURITY_HEADERS },
  });
}
