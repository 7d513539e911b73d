import { lastAttempt, namesOf } from "./attempted";
import type { DeclaredAgent, DeclaredData } from "./declared";
import type { Asked, CallHistory, DeployedCall, DeployedRole } from "./deployed";
import { dayOf, latest } from "./last-time";
import { type Access, unknown, type Used, type Verdict, type Window } from "./verdict";

/**
 * Actions on data that are management events, which the event history holds. Those on objects and on the items of tables are data events,
 * which it never holds: that it shows none says nothing of them.
 * Source: CloudTrail User Guide, "Logging data events"
 */
export const RECORDED_ACTIONS: readonly string[] = ["secretsmanager:GetSecretValue"];

/** Days that the event history goes back (CloudTrail API, LookupEvents) */
export const RECORDED_DAYS = 90;

/** By so much access advisor may date a use later than the event, which itself comes within minutes */
const LATE_SECONDS = 86_400;

/** `name`, or `name-AbCdEf` as ARNs have it (Secrets Manager API, CreateSecret) */
const SUFFIX = /^-[A-Za-z0-9]{6}$/;

/** What CloudTrail's event history tells of one access; undefined if it does not hold such calls */
export function called(
  { data, actions }: Access,
  role: DeployedRole,
  history: Asked<CallHistory>,
  { from }: Window,
): Verdict | undefined {
  if (!actions.every((action) => RECORDED_ACTIONS.includes(action))) return undefined;
  if ("unknown" in history) return unknown(history.unknown);
  const own = history.known.calls.filter((call) => isCallOf(call, role) && actions.includes(call.action));
  const last = latest(own.filter((call) => isCallOn(call, data)).map(({ at }) => at));
  const names = namesOf(actions).join(", ");
  if (last >= from)
    return { is: "used", by: "CloudTrail", last, because: `a session of its role called ${names} on it` };
  const { since } = history.known;
  if (!(since <= from)) return unknown(`CloudTrail's event history is known since ${dayOf(since)} alone`);
  const attempt = lastAttempt(actions, role.uses);
  const shown = latest(own.map(({ at }) => at));
  if (attempt >= from && attempt - shown > LATE_SECONDS) {
    const reported = `access advisor reports a use of ${names} on ${dayOf(attempt)}`;
    return unknown(`${reported} that CloudTrail's event history does not show`);
  }
  const because = `${names} not called on it ${last === -Infinity ? `since ${dayOf(since)}` : `after ${dayOf(last)}`}`;
  return { is: "unused", by: "CloudTrail", because };
}

/** Whether a session of this role called, or may have */
export function isCallOf(call: Pick<DeployedCall, "role">, { arn }: Pick<DeployedRole, "arn">): boolean {
  return call.role === undefined || call.role === arn;
}

/** Whether a call is, or may be, one on this data */
export function isCallOn(
  { target }: Pick<DeployedCall, "target">,
  { kind, place }: Pick<DeclaredData, "kind" | "place">,
): boolean {
  if (target === undefined || place === undefined) return true;
  if (kind !== "secret") return target === place;
  const name = target.startsWith("arn:") ? target.split(":").slice(6).join(":") : target;
  return name === place || (name.startsWith(place) && SUFFIX.test(name.slice(place.length)));
}

/** A use of one access that the files of a trail show */
export function shown(
  { data, actions }: Access,
  role: DeployedRole,
  calls: readonly DeployedCall[],
  { from }: Window,
): Used | undefined {
  const own = calls.filter(
    (call) => call.isPerhaps !== true && isCallOf(call, role) && actions.includes(call.action) && isCallOn(call, data),
  );
  const last = latest(own.map(({ at }) => at));
  if (last < from) return undefined;
  const because = `a session of its role called ${namesOf(actions).join(" or ")} on it`;
  return { is: "used", by: "trail", last, because };
}

/** Accesses of active agents that the event history holds, each with the role that has it */
export function recordedReads(
  agents: readonly DeclaredAgent[],
): readonly { readonly role: Pick<DeployedRole, "arn">; readonly data: DeclaredData }[] {
  const tasks = agents.filter(({ state }) => state === "active").flatMap((agent) => agent.tasks);
  return tasks.flatMap(({ role, data }) =>
    role === undefined
      ? []
      : data.filter(({ kind }) => kind === "secret").map((one) => ({ role: { arn: role }, data: one })),
  );
}
