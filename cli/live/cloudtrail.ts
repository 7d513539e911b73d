import { isRecord } from "../../domain/is-record";
import { RECORDED_ACTIONS, RECORDED_DAYS } from "../../governance/inventory/live/called";
import type { CallHistory, DeployedCall } from "../../governance/inventory/live/deployed";
import { nodeOf, roleSessionOf, textOf } from "../audit/cloudtrail/role-session";
import { CliError } from "../program";
import { progress } from "../progress";
import { type Answer, answerOf, listIn, textIn } from "./answers";
import type { AwsParts } from "./aws";

const DAY = 86_400;
/** The most that CloudTrail returns at once, and requests a second that it answers for an account in a region (CloudTrail API, LookupEvents) */
const PAGE = 50;
const PAGES_A_SECOND = 2;
/** Pages that the command line asks for before it ends: it does not wait between them. */
const PAGES_A_CALL = PAGES_A_SECOND;
/** Of one action in one region: about six minutes */
const MOST_EVENTS = 20_000;

export interface HistoryQuestion {
  readonly regions: readonly string[];
  /** When it is asked (seconds since 1970) */
  readonly at: number;
  readonly days: number;
  /** Whether the calls until now answer everything, so that no earlier ones are asked for */
  readonly isAnswered: (calls: readonly DeployedCall[]) => boolean;
}

/**
 * Calls of sessions of roles in the event history of CloudTrail, by the AWS command line and with the rights of the operator. A lookup takes
 * one attribute alone, and a session's name is its transaction: so each action is looked up by its name, once for all roles.
 *
 * @throws CliError if AWS does not answer
 */
export async function callsInCloudTrail(question: HistoryQuestion, parts: AwsParts): Promise<CallHistory> {
  const { regions, at, days } = question;
  const last = new Map<string, DeployedCall>();
  let since = at - Math.min(days, RECORDED_DAYS) * DAY;
  for (const region of regions) {
    for (const action of RECORDED_ACTIONS) {
      since = Math.max(since, await lookedUp({ ...question, region, action, since }, last, parts));
    }
  }
  return { since, calls: [...last.values()] };
}

interface Lookup extends HistoryQuestion {
  readonly region: string;
  readonly action: string;
  readonly since: number;
}

/** @returns since when all calls are told (seconds since 1970) */
async function lookedUp(lookup: Lookup, last: Map<string, DeployedCall>, parts: AwsParts): Promise<number> {
  const { region, action, at, since, isAnswered } = lookup;
  let read = 0;
  let oldest = at;
  for (let token: string | undefined; ;) {
    const what = (): string => `reading CloudTrail in ${region}, ${read} calls of ${action} until now`;
    const page = await progress(
      parts.io,
      what,
      paced(parts, () => pageOf(lookup, token, parts)),
    );
    for (const event of listIn(page, "Events")) {
      read += 1;
      const told = eventIn(event);
      oldest = Math.min(oldest, timeOf(told));
      const call = callIn(told, action);
      if (call === undefined) continue;
      const key = JSON.stringify([call.role, call.action, call.target]);
      if ((last.get(key)?.at ?? -Infinity) < call.at) last.set(key, call);
    }
    if (page["NextToken"] === undefined || page["NextToken"] === null) return since;
    const next = textIn(page, "NextToken");
    if (next === token) throw new CliError("AWS gives the same page of CloudTrail's event history again");
    token = next;
    // The latest come first. Of the second of the oldest there may be more.
    if (read >= MOST_EVENTS || isAnswered([...last.values()])) return Math.max(since, oldest + 1);
  }
}

function pageOf({ region, action, since }: Lookup, token: string | undefined, { run }: AwsParts): Promise<Answer> {
  const name = action.slice(action.indexOf(":") + 1);
  return answerOf(run, "aws", [
    ...["cloudtrail", "lookup-events", "--region", region],
    ...["--lookup-attributes", `AttributeKey=EventName,AttributeValue=${name}`],
    ...["--start-time", new Date(since * 1000).toISOString()],
    ...["--page-size", String(PAGE), "--max-items", String(PAGE * PAGES_A_CALL)],
    ...(token === undefined ? [] : [`--starting-token=${token}`]),
    ...["--output", "json"],
  ]);
}

/** Waits after its requests, so that the next ones are not too many. */
async function paced(parts: AwsParts, ask: () => Promise<Answer>): Promise<Answer> {
  const page = await ask();
  const pages = Math.ceil(listIn(page, "Events").length / PAGE);
  if (pages > 0 && page["NextToken"] !== undefined) await parts.wait((pages * 1000) / PAGES_A_SECOND);
  return page;
}

/** The event as CloudTrail delivers it, which the command line has as text in its own */
function eventIn(event: Answer): Answer {
  let value: unknown;
  try {
    value = JSON.parse(textIn(event, "CloudTrailEvent"));
  } catch (error) {
    if (error instanceof CliError) throw error;
    value = undefined;
  }
  if (isRecord(value)) return value;
  throw new CliError("CloudTrailEvent must be an object as JSON: AWS answers something else");
}

function timeOf(event: Answer): number {
  const at = Math.floor(Date.parse(textOf(event, "eventTime")) / 1000);
  if (Number.isFinite(at)) return at;
  throw new CliError(
    `eventTime must be a time such as "2026-12-01T12:00:00Z", got ${JSON.stringify(event["eventTime"])}`,
  );
}

/** Undefined if no session of a role called, or if it is a call of another service with the same name */
function callIn(event: Answer, action: string): DeployedCall | undefined {
  const session = roleSessionOf(event);
  const [service = "", name = ""] = action.split(":");
  if (session === undefined || textOf(event, "eventName") !== name) return undefined;
  if (textOf(event, "eventSource") !== `${service}.amazonaws.com`) return undefined;
  const target = textOf(nodeOf(event, "requestParameters"), "secretId");
  const { role } = session;
  return { ...(role !== "" && { role }), action, ...(target !== "" && { target }), at: timeOf(event) };
}
