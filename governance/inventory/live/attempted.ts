import { dayOf, latest } from "./last-time";
import type { Asked, ServiceUse } from "./deployed";
import { type Access, unknown, type Verdict, type Window } from "./verdict";

/**
 * What access advisor tells of one access. It reports attempts for a service as a whole, and for some actions; never for one bucket,
 * table or secret. So an access is unused only where the whole service is, or each of its actions by itself.
 */
export function attempted({ actions }: Access, uses: Asked<readonly ServiceUse[]>, window: Window): Verdict {
  if ("unknown" in uses) return unknown(uses.unknown);
  const service = serviceOf(actions);
  const told = uses.known.filter((use) => use.service === service);
  if (told.length === 0) return unknown(`AWS reports nothing about ${service}`);
  const last = lastServiceAttempt(actions, uses);
  if (last < window.from) return unused(`${service} ${when(last)}`);
  const names = namesOf(actions);
  const lasts = lastsOf(names, told);
  const lastTried = latest(lasts);
  if (lastTried >= window.from) {
    const because = `a session of its role tried ${names.join(" or ")}`;
    return { is: "used", by: "access advisor", last: lastTried, because };
  }
  const reported = lasts.filter((at) => at !== undefined);
  if (reported.length < lasts.length) {
    return unknown(`${service} is used, and AWS does not report the use of ${names.join(", ")} by itself`);
  }
  return unused(`${names.join(", ")} ${when(lastTried)}`);
}

/**
 * Last attempt (seconds since 1970) of these actions of one service; where not each is reported, of the service. Minus infinity where
 * there was none, or none is known.
 */
export function lastAttempt(actions: readonly string[], uses: Asked<readonly ServiceUse[]>): number {
  if ("unknown" in uses) return -Infinity;
  const told = uses.known.filter((use) => use.service === serviceOf(actions));
  const lasts = lastsOf(namesOf(actions), told);
  return lasts.includes(undefined) ? latest(told.map(({ last }) => last)) : latest(lasts);
}

/** Last attempt (seconds since 1970) at the service of these actions; minus infinity where there was none, or none is known */
export function lastServiceAttempt(actions: readonly string[], uses: Asked<readonly ServiceUse[]>): number {
  if ("unknown" in uses) return -Infinity;
  const told = uses.known.filter((use) => use.service === serviceOf(actions));
  return latest(told.flatMap((use) => [use.last, ...use.actions.map((action) => action.last)]));
}

/** Of each action; undefined for one that is not reported */
function lastsOf(names: readonly string[], told: readonly ServiceUse[]): readonly (number | undefined)[] {
  return names.map((name) => {
    const tracked = told.flatMap(({ actions }) => actions.filter((one) => isNamed(one.name, name)));
    return tracked.length === 0 ? undefined : latest(tracked.map(({ last }) => last));
  });
}

function serviceOf(actions: readonly string[]): string {
  return actions[0]?.split(":")[0] ?? "";
}

/** `GetItem` of `dynamodb:GetItem` */
export function namesOf(actions: readonly string[]): readonly string[] {
  return actions.map((action) => action.slice(action.indexOf(":") + 1));
}

function isNamed(told: string, name: string): boolean {
  return told.slice(told.indexOf(":") + 1).toLowerCase() === name.toLowerCase();
}

function unused(because: string): Verdict {
  return { is: "unused", by: "access advisor", because };
}

function when(last: number): string {
  return last === -Infinity ? "never used" : `last used ${dayOf(last)}`;
}
