import type { Risk } from "../review";
import type { Finding } from "./findings";
import { matchesName, matchesPath } from "./glob";
import { TIERS } from "./rules-file";
import type { ApprovalRule } from "./rules-schema";

type When = ApprovalRule["when"];

/**
 * Whether a rule takes a finding. What nobody knows holds: of what kind something unknown is, to whom it belongs, how
 * much risk there is. Otherwise whoever makes a change undecidable would choose who approves it.
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

/** Before or after: a pull request that says it lowers the risk must not choose who approves it. */
function hasRisk({ principal }: Finding, { tiers }: When): boolean {
  const { before, after } = principal?.risk ?? {};
  if (tiers === undefined || after === undefined) return true;
  const isOne = (risk: Risk | undefined) => risk !== undefined && tiers.some((tier) => tier === risk.tier);
  return isOne(before) || isOne(after) || !TIERS.some((tier) => tier === after.tier);
}
