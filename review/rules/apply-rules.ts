import { byText } from "../../domain/by-text";
import type { ApprovalNeeded, Review } from "../review";
import { withoutAcknowledged } from "./acknowledgements";
import { type Finding, findingsOf } from "./findings";
import { guardedFiles } from "./guarded-files";
import { NO_RULES } from "./no-rules";
import type { ReviewRules } from "./rules-schema";
import { isTaken } from "./taken";

export interface Circumstances {
  readonly now: Date;
  /** Paths that the pull request changes, from the root of the repository */
  readonly changedFiles?: readonly string[];
  /** What the file with the rules is called, if not as usual, and the one to which it is a link */
  readonly rulesFiles?: readonly string[];
}

/** What `default` is called among the approvals */
const DEFAULT = "default";

/**
 * A review with who must approve what, without what is acknowledged, and with the guarded files that change.
 *
 * Every rule that takes something applies, and `default` where none does: no rule and no order of rules takes an
 * approval away.
 */
export function applyRules(
  review: Review,
  rules: ReviewRules | undefined,
  { now, changedFiles = [], rulesFiles }: Circumstances,
): Review {
  const applied = rules ?? NO_RULES;
  const files = guardedFiles(changedFiles, applied, rulesFiles);
  const known = withoutAcknowledged(review, applied, now);
  const approvals = approvalsFor(findingsOf(known, files), applied, asksForMore(review));
  return {
    ...known,
    unknown: [...known.unknown, ...files.map(({ unknown }) => unknown)],
    approvals,
    requiresApproval: approvals.length > 0,
  };
}

/** A review that needs approval and lists nothing that does is not understood, and asks nevertheless. */
function asksForMore(review: Review): readonly string[] {
  const isExplained = !review.requiresApproval || findingsOf(review, []).some(({ stands }) => !stands);
  return isExplained ? [] : ["the review asks for approval and lists no change"];
}

function approvalsFor(
  findings: readonly Finding[],
  rules: ReviewRules,
  more: readonly string[],
): readonly ApprovalNeeded[] {
  const taken = new Set<Finding>();
  const byRules = rules.approvals.flatMap(({ name, when, approvers, count }) => {
    const its = findings.filter((finding) => isTaken(finding, when));
    for (const finding of its) taken.add(finding);
    return needed(
      name,
      approvers,
      count,
      its.map(({ text }) => text),
    );
  });
  const left = findings.filter((finding) => !finding.stands && !taken.has(finding)).map(({ text }) => text);
  const { approvers, count } = rules.default;
  return [
    ...byRules.sort((one, other) => byText(one.rule, other.rule)),
    ...needed(DEFAULT, approvers, count, [...left, ...more]),
  ];
}

function needed(
  rule: string,
  approvers: readonly string[],
  count: number,
  reasons: readonly string[],
): readonly ApprovalNeeded[] {
  return reasons.length === 0 ? [] : [{ rule, approvers, count, reasons: [...new Set(reasons)].sort() }];
}
