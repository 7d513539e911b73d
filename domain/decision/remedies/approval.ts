import type { ReasonCode } from "../reasons";
import type { Change, Explanation } from "./change";
import { withInput } from "./edit";
import { type Facts, factsOf } from "./facts";
import { instant } from "./wording";

type ApprovalCode = Extract<ReasonCode, `approval.${string}`>;

/** Default of a declaration (domain/limits.ts) */
const DECISION_GOOD_SECONDS = 300;

/** For every problem with a decision, a new one is needed. */
export function approvalOf(code: ApprovalCode): (facts: Facts) => Explanation {
  return (facts) => ({
    what: facts.input.approval === null && code !== "approval.required" ? "" : WRONG[code](facts),
    about: { agent: facts.input.agent.name, task: facts.input.task },
    changes: facts.approver === "" ? [] : [decided(facts)],
  });
}

const WRONG: Readonly<Record<ApprovalCode, (facts: Facts) => string>> = {
  "approval.required": ({ name, approver }) =>
    `${name} asks ${approver} about every call, and this call has no usable approval`,
  "approval.other-group": ({ approver, input }) =>
    `${input.approval?.group} has decided, and the task asks ${approver}`,
  "approval.other-request": ({ input }) =>
    `the decision is about ${input.approval?.requestDigest}, and the request is ${input.requestDigest ?? "none yet"}`,
  "approval.by-requester": ({ input }) => `${input.approval?.decidedBy.subject} has decided, and is the user served`,
  "approval.over": ({ input }) => `the decision was good until ${instant(input.approval?.expiresAt ?? 0)}`,
  "approval.spent": () => "the decision was used for a call already",
};

/** A decision on this request, as the store would hold it */
export function decided({ approver, input }: Facts): Change {
  const who = input.user === null ? "" : `, by a member other than ${input.user.subject}`;
  return {
    kind: "state",
    text: `have ${approver} decide on exactly this request${who}, and send it again within the decision's time`,
    by: approver,
    apply: (situation) => {
      const { user, time, requestDigest } = situation.input;
      const group = factsOf(situation).approver || approver;
      return withInput(situation, {
        approval: {
          group,
          // Only of calls are people asked, and each has one.
          requestDigest: requestDigest as string,
          decidedBy: { issuer: user?.issuer ?? "an issuer of the platform", subject: `a member of ${group}` },
          expiresAt: time + DECISION_GOOD_SECONDS,
          spent: false,
        },
      });
    },
  };
}
