import type { AccessKind } from "../../../domain/dataset-props";
import { dataActions } from "../../../iam/data/data-actions";
import { attempted } from "./attempted";
import { called, shown } from "./called";
import type { Asked, CallHistory, DeployedRole } from "./deployed";
import { dayOf, latest } from "./last-time";
import type { TrailHistory } from "./trail/record";
import { lastPerhaps, silence } from "./trail/silence";
import { type Access, unknown, type Verdict, type Window } from "./verdict";

/** What CloudTrail shows of calls */
export interface Calls {
  readonly history: Asked<CallHistory>;
  /** Left out if no trail was named */
  readonly trail: Asked<TrailHistory> | undefined;
  /** When they were read (seconds since 1970) */
  readonly at: number;
}

/** One access of a task */
export interface Judged extends Pick<Access, "copiedTo" | "data"> {
  readonly kind: AccessKind;
}

/**
 * What AWS tells of one access. It is used as soon as one source shows a use, and unused only where a source that sees every use of it
 * shows none, and no other source shows one.
 */
export function verdictOf(
  { data, kind, copiedTo }: Judged,
  role: Asked<DeployedRole>,
  { history, trail, at }: Calls,
  window: Window,
): Verdict {
  if (data.kind === undefined) return unknown("the registry does not know the dataset");
  if (data.kind === "external") return unknown("it is kept behind a tool, so AWS does not see its use");
  if ("unknown" in role) return unknown(role.unknown);
  const access = { data, actions: dataActions(data.kind, kind), copiedTo };
  if (access.actions.length === 0) return unknown(`data of kind ${data.kind} has no access ${kind}`);
  const verdict = withoutTrail(access, role.known, history, window);
  return trail !== undefined && "known" in trail
    ? withTrail(verdict, access, role.known, trail.known, window, at)
    : verdict;
}

function withTrail(
  other: Verdict,
  access: Access,
  role: DeployedRole,
  trail: TrailHistory,
  window: Window,
  at: number,
): Verdict {
  const use = shown(access, role, trail.calls, window);
  if (use !== undefined) return use;
  if (access.data.kind === "secret" || isNew(role, window)) return other;
  const perhaps = lastPerhaps(access, role, trail.calls);
  if (perhaps >= window.from)
    return other.is === "used"
      ? other
      : unknown(`the trail shows a call on ${dayOf(perhaps)} that may be such an access`);
  const silent = silence(access, role, trail, window, at);
  // Access advisor tells of a whole service, or of an action on any data.
  if (silent.is === "unused") return silent;
  if (other.is !== "unknown") return other;
  return unknown(`${other.because}; the trail shows no use, which is no proof: ${silent.because}`);
}

function isNew({ createdAt }: DeployedRole, { from }: Window): boolean {
  return !(createdAt <= from);
}

function withoutTrail(access: Access, role: DeployedRole, history: Calls["history"], window: Window): Verdict {
  const byCalls = called(access, role, history, window);
  if (byCalls?.is === "used") return byCalls;
  if (isNew(role, window)) return unknown(`its role exists for less than ${window.days} days`);
  const byAttempts = attempted(access, role.uses, window);
  const late = useToCome(role);
  if (byAttempts.is === "unused" && late >= window.from)
    return unknown(`its role was used on ${dayOf(late)}, and access advisor does not yet report at which service`);
  if (byAttempts.is === "unused" || byCalls === undefined) return byAttempts;
  if (byCalls.is === "unused" || byAttempts.is === "used") return byCalls.is === "unused" ? byCalls : byAttempts;
  return unknown(`${byAttempts.because}; ${byCalls.because}`);
}

/** By so much the last use of a role may be dated later than the attempt at a service that it was */
const ROUNDED_SECONDS = 3_600;

/** The last use of a role, where access advisor reports it for no service: it reports hours later. Minus infinity where it reports all. */
function useToCome({ lastUsed = -Infinity, uses }: DeployedRole): number {
  const told = "known" in uses ? uses.known : [];
  const reported = latest(told.flatMap(({ last, actions }) => [last, ...actions.map((action) => action.last)]));
  return lastUsed - reported > ROUNDED_SECONDS ? lastUsed : -Infinity;
}
