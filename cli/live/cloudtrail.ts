import { RECORDED_ACTIONS, RECORDED_DAYS } from "../../governance/inventory/live/called";
import type { CallHistory, DeployedCall } from "../../governance/inventory/live/deployed";
import { nodeOf, roleSessionOf, textOf } from "../audit/cloudtrail/role-session";
import type { Answer } from "./answers";
import type { AwsParts } from "./aws";
import { lookedUp, timeOf } from "./lookup";

const DAY = 86_400;
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
      since = Math.max(since, await recorded({ ...question, region, action, since }, last, parts));
    }
  }
  return { since, calls: [...last.values()] };
}

interface ActionLookup extends HistoryQuestion {
  readonly region: string;
  readonly action: string;
  readonly since: number;
}

/** @returns since when all calls are told (seconds since 1970) */
async function recorded(
  { region, action, at, since, isAnswered }: ActionLookup,
  last: Map<string, DeployedCall>,
  parts: AwsParts,
): Promise<number> {
  let read = 0;
  let oldest = at;
  const name = action.slice(action.indexOf(":") + 1);
  for await (const { events, isLast } of lookedUp({ region, name, since }, `calls of ${action}`, parts)) {
    for (const event of events) {
      read += 1;
      oldest = Math.min(oldest, timeOf(event));
      const call = callIn(event, action);
      if (call === undefined) continue;
      const key = JSON.stringify([call.role, call.action, call.target]);
      if ((last.get(key)?.at ?? -Infinity) < call.at) last.set(key, call);
    }
    // The latest come first. Of the second of the oldest there may be more.
    if (!isLast && (read >= MOST_EVENTS || isAnswered([...last.values()]))) return Math.max(since, oldest + 1);
  }
  return since;
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
