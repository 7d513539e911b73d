import { own } from "../../own";
import { type ReasonCode, REASONS } from "../reasons";
import { agentHasExpired, agentIsSuspended, agentIsUnknown } from "./agent";
import { approvalOf } from "./approval";
import type { Change, Explanation, Situation } from "./change";
import { budgetIsSpent, budgetIsUnknown, orderIsBroken } from "./controls";
import { chainIsTooDeep, dataIsAboveEdge, delegatorIsStopped, edgeIsTooNarrow, edgeIsUndeclared } from "./delegation";
import { type Facts, factsOf } from "./facts";
import { credentialIsBelowMark, dataIsAboveClearance, markIsAboveClearance, sessionIsTainted } from "./flow";
import { actionIsNotGranted, audienceIsNotGranted, dataIsNotGranted, destinationIsUndeclared } from "./grants";
import { intentOf } from "./intent";
import { objectionsTo } from "./objections";
import { clocksDisagree, policyIsStale, revocationIsStale, undecided } from "./platform";
import { agentIsRevoked, runIsRevoked, sessionIsRevoked, tokenIsRevoked, userIsRevoked } from "./revoked";
import { startContradictsChain, startHasNoEvidence, startIsUndeclared, userIsMissing } from "./start";
import { taskIsUndeclared } from "./task";
import {
  runIsOver,
  runIsTooLong,
  sessionIsIdle,
  sessionIsOver,
  tokenIsForAnother,
  tokenIsOutOfScope,
  tokenIsOver,
  tokenIsTooLong,
} from "./time";

/** Every rule that can refuse, with what would make it allow: of several ways the one that grants least. */
const REMEDIES: Readonly<Record<ReasonCode, (facts: Facts) => Explanation>> = {
  "input.malformed": () => undecided("input.malformed"),
  "input.version": () => undecided("input.version"),
  "input.too-large": () => undecided("input.too-large"),
  "engine.error": () => undecided("engine.error"),
  "engine.timeout": () => undecided("engine.timeout"),
  "policy.stale": policyIsStale,
  "revocation.stale": revocationIsStale,
  "agent.revoked": agentIsRevoked,
  "run.revoked": runIsRevoked,
  "session.revoked": sessionIsRevoked,
  "token.revoked": tokenIsRevoked,
  "user.revoked": userIsRevoked,
  "agent.unknown": agentIsUnknown,
  "agent.suspended": agentIsSuspended,
  "agent.expired": agentHasExpired,
  "task.undeclared": taskIsUndeclared,
  "start.undeclared": startIsUndeclared,
  "start.no-evidence": startHasNoEvidence,
  "start.chain-mismatch": startContradictsChain,
  "user.missing": userIsMissing,
  "time.inconsistent": clocksDisagree,
  "run.over": runIsOver,
  "run.too-long": runIsTooLong,
  "session.idle": sessionIsIdle,
  "session.over": sessionIsOver,
  "token.over": tokenIsOver,
  "token.too-long": tokenIsTooLong,
  "token.other-audience": tokenIsForAnother,
  "token.out-of-scope": tokenIsOutOfScope,
  "audience.not-granted": audienceIsNotGranted,
  "action.not-granted": actionIsNotGranted,
  "destination.undeclared": destinationIsUndeclared,
  "data.not-granted": dataIsNotGranted,
  "data.above-clearance": dataIsAboveClearance,
  "mark.above-clearance": markIsAboveClearance,
  "mark.credential-below": credentialIsBelowMark,
  "session.tainted": sessionIsTainted,
  "delegation.undeclared": edgeIsUndeclared,
  "delegation.delegator-stopped": delegatorIsStopped,
  "delegation.too-deep": chainIsTooDeep,
  "delegation.widened": edgeIsTooNarrow,
  "delegation.above-sensitivity": dataIsAboveEdge,
  "approval.required": approvalOf("approval.required"),
  "approval.other-request": approvalOf("approval.other-request"),
  "approval.other-group": approvalOf("approval.other-group"),
  "approval.by-requester": approvalOf("approval.by-requester"),
  "approval.over": approvalOf("approval.over"),
  "approval.spent": approvalOf("approval.spent"),
  "budget.spent": budgetIsSpent,
  "budget.unknown": budgetIsUnknown,
  "order.broken": orderIsBroken,
  "intent.missing": intentOf("intent.missing"),
  "intent.refused": intentOf("intent.refused"),
  "intent.error": intentOf("intent.error"),
  "intent.timeout": intentOf("intent.timeout"),
};

/** Why a rule refused the request, in its own values, and what would make that rule allow it. */
export function explanationOf(situation: Situation, code: ReasonCode | `custom.${string}`): Explanation {
  if (!Object.hasOwn(REMEDIES, code)) {
    return {
      what: "a rule of the platform's own refused",
      changes: [],
      hopeless: `only who wrote the rule ${code} knows what it would allow: look at the rule`,
    };
  }
  const explanation = REMEDIES[code as ReasonCode](factsOf(situation));
  // A rule that does not refuse this request has no explanation with its values.
  const what = explanation.what === "" ? REASONS[code as ReasonCode].what : explanation.what;
  return { ...explanation, what, changes: explanation.changes.map((change) => objected(situation, change)) };
}

/** Changes that together satisfy this rule; all are needed. Empty if none help. */
export function remediesOf(situation: Situation, code: ReasonCode): readonly Change[] {
  return explanationOf(situation, code).changes;
}

/** A change of a declaration that its own rules would refuse says so. */
function objected(situation: Situation, change: Change): Change {
  const { about } = change;
  if (change.kind !== "declaration" || about === undefined || !("agent" in about)) return change;
  const { agent, task = "" } = about;
  const objections = (policy: Situation["policy"]): readonly string[] => {
    const declared = Object.values(policy.agents).find(({ name }) => name === agent);
    const found = own(declared?.tasks, task);
    return found === undefined ? [] : objectionsTo(policy, found);
  };
  const before = objections(situation.policy);
  const added = objections(change.apply(situation).policy).filter((objection) => !before.includes(objection));
  if (added.length === 0) return change;
  const caution = `the declaration rules may refuse this: ${added.join("; ")}`;
  return { ...change, caution: change.caution === undefined ? caution : `${change.caution}; ${caution}` };
}
