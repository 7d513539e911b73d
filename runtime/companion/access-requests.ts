import type { Context } from "hono";
import { isRecord } from "../../domain/is-record";
import type { Answered } from "../workload-api/mutual-tls";
import type { Companion } from "./companion";
import { type AccessRequestSent, PROBLEM_TYPE } from "./exchange-client";
import { HEADERS } from "./refused";
import { jsonOf, malformed } from "./requests";
import type { Run } from "./run";

/** Below a run or a task here, and at the exchange */
export const HERE = "/access-requests";
const THERE = "/access/v1/requests";

const TASK = /^[\w-]{1,128}$/;

/** Passes on what the agent asks about people's decisions on its calls (docs/access-requests.md). */
export async function submitted(companion: Companion, run: Run, c: Context): Promise<Response> {
  const key = c.req.raw.headers.get("idempotency-key");
  const headers = key === null ? {} : { "idempotency-key": key };
  const body = JSON.stringify(await jsonOf(c.req.raw));
  return passedOn(companion, run, c, { path: THERE, headers, body });
}

export function followed(companion: Companion, run: Run, c: Context): Promise<Response> {
  return passedOn(companion, run, c, { path: `${THERE}/${taskOf(c)}` });
}

export async function cancelled(companion: Companion, run: Run, c: Context): Promise<Response> {
  const isEmpty = c.req.raw.headers.get("content-type") === null;
  const body = isEmpty ? "" : JSON.stringify(await jsonOf(c.req.raw));
  return passedOn(companion, run, c, { path: `${THERE}/${taskOf(c)}/cancel`, body });
}

async function passedOn(companion: Companion, run: Run, c: Context, sent: AccessRequestSent): Promise<Response> {
  const { status, body, type, retryAfter } = await companion.accessRequest(run, sent);
  const waiting = retryAfter === undefined ? {} : { "retry-after": `${retryAfter}` };
  if (type === PROBLEM_TYPE)
    return new Response(body, { status, headers: { ...HEADERS, "content-type": PROBLEM_TYPE } });
  const shown = atHome(body, new URL(c.req.url));
  const { location } = shown;
  return new Response(JSON.stringify(shown.body), {
    status,
    headers: { ...HEADERS, ...waiting, ...(status === 200 || location === undefined ? {} : { location }) },
  });
}

/** The agent reaches a task here, and not at the exchange. */
function atHome(
  text: Answered["body"],
  { origin, pathname }: URL,
): { readonly body: unknown; readonly location?: string } {
  const body: unknown = JSON.parse(text);
  if (!isRecord(body) || !isRecord(body["task"])) return { body };
  const { task } = body;
  const below = pathname.slice(0, pathname.indexOf(HERE) + HERE.length);
  const location = `${origin}${below}/${String(task["id"])}`;
  const links = task["links"] === undefined ? {} : { links: { cancel: `${location}/cancel` } };
  return { body: { ...body, task: { ...task, status_endpoint: location, ...links } }, location };
}

/** @throws Problem */
function taskOf({ req }: Context): string {
  const task = req.param("task") ?? "";
  if (TASK.test(task)) return task;
  throw malformed("the address must name the task by the id that the submission was answered with");
}
