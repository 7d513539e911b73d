import type { ApprovalSummary, ShownApproval } from "../../../approval/shown-approval";
import { html as markup } from "hono/html";
import { type Html, shown } from "./layout";
import { lasting, moment } from "./times";

/** What became of a request, in a word or two */
export function statusText({ status, openUntil }: ApprovalSummary, now: number): string {
  switch (status) {
    case "pending":
      return `open for ${lasting(openUntil - now)}`;
    case "over":
      return "over: not decided, or not used, in time";
    case "spent":
      return "approved, and used";
    case "approved":
      return "approved, not used yet";
    case "refused":
      return "refused";
    case "cancelled":
      return "given up by the agent";
  }
}

/** The same in full, with who decided and why */
export function standingText(whole: ShownApproval, now: number): Html {
  const { status, openUntil, decision, spentAt } = whole;
  if (decision !== null) {
    const { verdict, email, at, reason } = decision;
    const use = verdict === "refused" ? "" : used(status, spentAt);
    const why = reason === "" ? "" : markup` Reason: ${shown(reason)}`;
    return markup`${verdict === "approved" ? "Approved" : "Refused"} by ${shown(email)} at ${moment(at)}.${use}${why}`;
  }
  if (status === "cancelled") return markup`The agent has given it up: there is nothing to decide on any more.`;
  if (status === "pending") return markup`Open for ${lasting(openUntil - now)} more.${half(whole)}`;
  return markup`Over since ${moment(openUntil)}: no one decided in time, so the agent was not allowed to do it.`;
}

function used(status: ApprovalSummary["status"], spentAt: number | null): Html | string {
  if (spentAt !== null) return markup` It was used at ${moment(spentAt)}.`;
  return status === "approved" ? " It was not used yet." : " It was not used in time.";
}

/** Where two must approve */
function half({ people, approvedBy }: ShownApproval): Html | "" {
  if (people === 1) return "";
  const [first] = approvedBy;
  return first === undefined
    ? markup` Two different people must approve it.`
    : markup` ${shown(first.email)} has approved it at ${moment(first.at)}; one more person must.`;
}
