import { byText } from "../../domain/by-text";
import type { RequiredApproval, Review, Risk } from "../review";
import { withoutAcknowledged } from "./acknowledgements";
import { type Finding, findingsOf } from "./rule-findings";
import { guardedFiles } from "./guarded-files";
import type { ApprovalRule, ReviewRules } from "./rules-schema";
import { matchesName, matchesPath } from "./glob";
import { RULES_VERSION, TIERS } from "./rules-file";

export interface Circumstances {
  readonly now: Date;
  /** Paths that the pull request changes, relative to the root of the repository */
  readonly changedFiles?: readonly string[];
  /** Name of the rules file, if not the default, and the target of its link */
  readonly rulesFiles?: readonly string[];
}

/** Name of `default` among the approvals */
const DEFAULT = "default";

/**
 * A review with its approvals, without acknowledged findings, and with changed guarded files.
 *
 * Every rule that matches a finding applies, and `default` if none does: no rule and no order of rules removes an
 * approval.
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

/** A review that needs approval without listing a reason is inconsistent, and still needs approval. */
function asksForMore(review: Review): readonly string[] {
  const isExplained = !review.requiresApproval || findingsOf(review, []).some(({ stands }) => !stands);
  return isExplained ? [] : ["the review asks for approval and lists no change"];
}

function approvalsFor(
  findings: readonly Finding[],
  rules: ReviewRules,
  more: readonly string[],
): readonly RequiredApproval[] {
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
): readonly RequiredApproval[] {
  return reasons.length === 0 ? [] : [{ rule, approvers, count, reasons: [...new Set(reasons)].sort() }];
}

type When = ApprovalRule["when"];

/**
 * Whether a rule matches a finding. An unknown property matches: the kind of an unknown, its principal, its
 * risk. Otherwise the author of an undecidable change could choose its approvers.
 */
export function isTaken(finding: Finding, when: When): boolean {
  return isAbout(finding, when) && isOf(finding, when) && hasRisk(finding, when);
}

function isAbout({ about, stands, kind, code, path = "" }: Finding, when: When): boolean {
  if (stands) return when.standing?.some((one) => one === about) === true;
  if (about === "file")
    return when.files === undefined ? isEmpty(when) : when.files.some((one) => matchesPath(one, path));
  if (about === "unknown" && (when.combinations ?? when.kinds) !== undefined) return true;
  if (when.combinations !== undefined) return when.combinations.some((one) => one === code);
  if (when.kinds !== undefined) return when.kinds.some((one) => one === kind);
  return when.files === undefined && when.standing === undefined;
}

function isEmpty(when: When): boolean {
  return Object.values(when).every((value) => value === undefined);
}

function isOf({ principal }: Finding, { principals }: When): boolean {
  if (principals === undefined || principal === undefined) return true;
  return principals.some((one) => matchesName(one, principal.id));
}

/** Before or after: a pull request that claims a lower risk must not choose its approvers. */
function hasRisk({ principal }: Finding, { tiers }: When): boolean {
  const { before, after } = principal?.risk ?? {};
  if (tiers === undefined || after === undefined) return true;
  const isOne = (risk: Risk | undefined) => risk !== undefined && tiers.some((tier) => tier === risk.tier);
  return isOne(before) || isOne(after) || !TIERS.some((tier) => tier === after.tier);
}

/** Without a rules file: any reviewer may approve everything. */
export const NO_RULES: ReviewRules = {
  version: RULES_VERSION,
  approvals: [],
  default: { approvers: [], count: 1 },
  acknowledged: [],
  guarded: [],
  unguarded: [],
};
