import { INPUT_LIMITS, type ReasonCode, Sensitivity } from "../../domain";
import type { Act } from "../audit/audit";
import { approvalFacts } from "../approval/approval-record";
import { spendApprovalWrite } from "../approval/approvals";
import { deniedBy } from "../exchange/issue/denied";
import { Refusal } from "../exchange/refusal";
import { countersOf, spendWrite } from "../session/budgets";
import { raise, refuseOtherSession } from "../session/chain-sessions";
import type { Write } from "../store/store";
import type { Known } from "./known";
import { callName, readBy, scopeOf, taskOf } from "./policy-facts";
import { versionsOf } from "./read";
import { callEvent } from "./events";
import type { SpendRequest } from "./state-schema";

/**
 * What a call uses up, to be written before it goes out: the mark rises by what it reads, budgets by what it costs, and
 * the approval is spent. The policy has allowed the call; what may have changed since is looked at again.
 *
 * @throws Refusal `store.conflict` where a session has changed since it was read: then everything is to be asked again
 */
export function spending(known: Known, request: SpendRequest, service: string): Act {
  const { claims, sessions, agent, epoch, now, fleet } = known;
  const { call, requestDigest, untrusted, costs } = request;
  if (claims.aud !== `tool:${call.tool}`) throw deniedBy("token.other-audience");
  if (!scopeOf(claims).includes(call.action)) throw deniedBy("token.out-of-scope");
  refuseOtherSession(sessions, claims);
  const over = reasonToStop(known);
  if (over !== undefined) throw deniedBy(over);
  if (versionsOf(known).join() !== request.versions.join()) throw Refusal.of("store.conflict");
  const mark = readBy(call, fleet.policy);
  return {
    writes: [
      ...raise(epoch, sessions, { mark, tainted: untrusted }, agent.session, now),
      ...budgetWrites(known, request),
      ...approvalWrites(known, requestDigest),
    ],
    event: callEvent("call.spent", known, call, service, { requestDigest, costs, reads: mark ?? null, untrusted }),
  };
}

/** What ends or is stopped with time, whatever the policy said when it was asked */
function reasonToStop({ claims, stored, sessions, revocation, agent, now }: Known): ReasonCode | undefined {
  const { startedAt, lastUsedAt } = sessions.own.session;
  const [stopped] = revocation.revoked;
  if (!revocation.known) return "revocation.stale";
  if (stopped !== undefined) return `${stopped}.revoked`;
  if (now >= agent.expires) return "agent.expired";
  if (now >= claims.exp) return "token.over";
  if (now >= stored.run.expiresAt) return "run.over";
  if (now >= startedAt + agent.session.totalSeconds) return "session.over";
  return now >= lastUsedAt + agent.session.idleSeconds ? "session.idle" : undefined;
}

function budgetWrites(known: Known, { call, costs }: SpendRequest): readonly Write[] {
  const { epoch, stored, sessions, now } = known;
  const { budgets, observeUntil } = taskOf(known);
  const { session } = sessions.own;
  const observed = now < observeUntil && !Sensitivity.of(session.mark, "session").isConfidential;
  const counting = countersOf(epoch, stored.run, session, budgets, now).filter(({ budget }) => {
    const actions = budgets[budget]?.actions;
    return actions === "any" || (actions !== undefined && Object.hasOwn(actions, callName(call)));
  });
  const names = counting.map(({ budget }) => budget);
  const odd = [...names, ...Object.keys(costs)].find((name) => !Object.hasOwn(costs, name) || !names.includes(name));
  if (odd !== undefined) {
    throw Refusal.of("request.malformed", `costs must name exactly the budgets that count the call, not so ${odd}`);
  }
  return counting.map((counter) => {
    const amount = costs[counter.budget] as number;
    if (counter.budget.split(":")[1] === "calls" && amount !== 1) {
      throw Refusal.of("request.malformed", `costs.${counter.budget} must be 1, got ${amount}: it counts calls`);
    }
    const limit = budgets[counter.budget]?.limit ?? 0;
    return spendWrite(counter, amount, observed ? INPUT_LIMITS.units : limit);
  });
}

function approvalWrites(known: Known, requestDigest: string): readonly Write[] {
  const { approvalGroup } = taskOf(known);
  if (approvalGroup === "") return [];
  const { approval, epoch, now } = known;
  const facts = approval === undefined ? null : approvalFacts(approval.record);
  if (approval === undefined || facts === null) throw deniedBy("approval.required");
  if (facts.group !== approvalGroup) throw deniedBy("approval.other-group");
  if (facts.requestDigest !== requestDigest) throw deniedBy("approval.other-request");
  if (facts.spent) throw deniedBy("approval.spent");
  if (now >= facts.expiresAt) throw deniedBy("approval.over");
  return [spendApprovalWrite(epoch, approval, now)];
}
