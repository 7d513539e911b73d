import { INPUT_LIMITS, isProtocolAction, type ReasonCode, Sensitivity, type SensitivityName } from "../../domain";
import { spendApprovalWrite } from "../approval/approvals";
import type { Act } from "../audit/audit";
import { deniedBy } from "../refusal/denied";
import { Refusal } from "../refusal/refusal";
import { countersOf, spendWrite } from "../session/budgets";
import { changedTo } from "../session/changed";
import { raise } from "../session/raise";
import { waitingBelow } from "../session/reservation";
import type { Raise } from "../session/session-state";
import { noted } from "../session/under-way";
import { refuseOtherSession } from "../session/stored-sessions";
import type { Write } from "../store/store";
import { usable } from "./call-approval";
import { callEvent } from "./events";
import type { Known } from "./known";
import { otherCall } from "./nearest-call";
import { callName, readBy, taskOf } from "./policy-facts";
import { versionsOf } from "./read";
import type { SpendRequest, Traced } from "./state-schema";
import { reservationWrite } from "./token-reservation";

/**
 * What a call uses up, to be written before it goes out: the mark rises by what it reads, budgets by what it costs, and
 * the approval is spent. The policy has allowed the call; what may have changed since is looked at again.
 *
 * @throws Refusal `store.conflict` where the session has changed since it was read, or the approval was used meanwhile: then everything is to be
 *   asked again
 */
export async function spending(known: Known, request: SpendRequest & Traced, service: string): Promise<Act> {
  const { own, agent, state, now, fleet } = known;
  const { call, requestDigest, costs } = request;
  const untrusted = request.untrusted || fleet.answersUntrusted(call);
  refuseOtherOrOver(known, call);
  if (versionsOf(known).join() !== request.versions.join()) throw Refusal.of("store.conflict");
  const mark = readBy(call, fleet.policy);
  const waiting = await waitingToRead(known, call);
  if (waiting !== undefined) throw waiting;
  return {
    writes: [
      ...(await raise(state, own, reading(known, mark, untrusted), agent.session, now)),
      ...budgetWrites(known, request),
      ...approvalWrites(known, request),
    ],
    event: callEvent("call.spent", known, call, service, { requestDigest, costs, reads: mark ?? null, untrusted }),
    trace: request.trace ?? null,
  };
}

/** Whether what a call was decided by is so no more: its session, or an approval of it that is not used */
export function hasChanged(known: Known, { call, versions }: Pick<SpendRequest, "call" | "versions">): boolean {
  if (versionsOf(known).join() !== versions.join()) return true;
  return !isProtocolAction(call.action) && taskOf(known).approvalGroup !== "" && usable(known) === undefined;
}

/**
 * Looked at again behind the policy: that the call is the token's, and what ends or is stopped with time.
 *
 * @throws Refusal
 */
export function refuseOtherOrOver(known: Known, call: SpendRequest["call"]): void {
  const other = otherCall(known.claims, call);
  if (other !== undefined) throw Refusal.denied([other]);
  const speaksMcp = known.fleet.toolOf(call.tool)?.kind === "mcp";
  if (isProtocolAction(call.action) && !speaksMcp) throw deniedBy("action.not-granted");
  refuseOtherSession(known.own, known.claims);
  const over = reasonToStop(known);
  if (over !== undefined) throw deniedBy(over);
}

/** What the answer will tell. A clean session that begins before it has come in knows it too. */
function reading({ own, now }: Known, mark: SensitivityName | undefined, untrusted: boolean): Raise {
  const { readable, untrustedUntil } = own.session;
  return {
    mark,
    tainted: untrusted,
    readable: mark === undefined ? undefined : { sensitivity: mark, until: noted(readable[mark] ?? 0, now) },
    untrustedUntil: untrusted ? noted(untrustedUntil, now) : 0,
  };
}

/** The refusal of a call that reads while its session could write below it; undefined if it could not */
export async function waitingToRead(
  { state, own, fleet, now }: Known,
  call: SpendRequest["call"],
): Promise<Refusal | undefined> {
  return waitingBelow(state, changedTo(own, own.session), readBy(call, fleet.policy), now);
}

/**
 * Whether token, current task declaration and time allow the call: a call that would be refused anyway reserves
 * nothing.
 */
export function mayWait(known: Known, call: SpendRequest["call"]): boolean {
  const { claims } = known;
  const task = taskOf(known);
  const isGranted =
    (isProtocolAction(call.action)
      ? Object.hasOwn(task.tools, call.tool)
      : Object.hasOwn(task.actions, callName(call))) && call.data.every((name) => Object.hasOwn(task.data, name));
  return isGranted && otherCall(claims, call) === undefined && reasonToStop(known) === undefined;
}

/** Stops and expiries that may have happened since the policy's decision */
function reasonToStop({ claims, stored, own, revocation, agent, now }: Known): ReasonCode | undefined {
  const { startedAt, lastUsedAt } = own.session;
  const [stopped] = revocation.revoked;
  if (!revocation.known) return "revocation.stale";
  if (stopped !== undefined) return `${stopped}.revoked`;
  if (now >= agent.expires) return "agent.expired";
  if (now >= claims.exp) return "token.over";
  if (now >= stored.run.expiresAt) return "run.over";
  if (now >= startedAt + agent.session.totalSeconds) return "session.over";
  return now >= lastUsedAt + agent.session.idleSeconds ? "session.idle" : undefined;
}

function budgetWrites(known: Known, { call, costs, reservation }: SpendRequest): readonly Write[] {
  const { state, stored, own, now } = known;
  const { budgets, observeUntil } = taskOf(known);
  const { session } = own;
  // A message that calls no tool counts as no call.
  const isCounted = !isProtocolAction(call.action);
  const observed = now < observeUntil && !Sensitivity.of(session.mark, "session").isConfidential;
  const counting = countersOf(state.epoch, stored.run, session, budgets, now).filter(({ budget }) => {
    const actions = budgets[budget]?.actions;
    return isCounted && (actions === "any" || (actions !== undefined && Object.hasOwn(actions, callName(call))));
  });
  const names = counting.map(({ budget }) => budget);
  const odd = [...names, ...Object.keys(costs)].find((name) => !Object.hasOwn(costs, name) || !names.includes(name));
  if (odd !== undefined) {
    throw Refusal.of("request.malformed", `costs must name exactly the budgets that count the call, not so ${odd}`);
  }
  const spent = counting.map((counter) => {
    const amount = costs[counter.budget] as number;
    if (counter.budget.split(":")[1] === "calls" && amount !== 1) {
      throw Refusal.of("request.malformed", `costs.${counter.budget} must be 1, got ${amount}: it counts calls`);
    }
    const limit = budgets[counter.budget]?.limit ?? 0;
    return spendWrite(counter, amount, observed ? INPUT_LIMITS.units : limit);
  });
  const taken = counting
    .filter(({ budget }) => budget.split(":")[1] === "tokens")
    .map((counter) => ({ counter, amount: costs[counter.budget] as number }));
  if (reservation === undefined || taken.length === 0) return spent;
  return [...spent, reservationWrite(state.epoch, stored.run.run, reservation, taken, now)];
}

/** The approval of exactly this request, and no other: one of another request stays as it is. */
function approvalWrites(
  known: Known,
  { call, requestDigest }: Pick<SpendRequest, "call" | "requestDigest">,
): readonly Write[] {
  if (isProtocolAction(call.action) || taskOf(known).approvalGroup === "") return [];
  const approved = usable(known);
  if (approved === undefined) throw Refusal.of("store.conflict");
  if (approved.record.digest !== requestDigest) throw deniedBy("approval.other-request");
  return [spendApprovalWrite(known.state.epoch, approved, known.now)];
}
