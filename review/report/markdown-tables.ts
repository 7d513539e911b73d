import type { Acknowledged, ApprovalNeeded, Combination } from "../review";
import { whoText } from "./approvals";
import type { Finding } from "./finding";
import { cellCode } from "./markdown-code";
import { cutTo, placeOf } from "./shown";
import { isNewCombination } from "./verdict";

const FINDINGS = ["| | What | Witness, or why undecided | Where |", "| --- | --- | --- | --- |"];
const APPROVALS = ["| Rule | By | How many | What for |", "| --- | --- | --- | --- |"];
const ACKNOWLEDGED = ["| Whose | What | Why | Until |", "| --- | --- | --- | --- |"];

/** Of what an approval is for, and of what a combination is made: the rest stands elsewhere in the report. */
const MOST_REASONS = 3;
const MOST_PARTS = 6;

const WORDS = {
  gain: "gains",
  undeclared: "undeclared",
  ungranted: "not granted",
  unknown: "**unknown**",
  loss: "loses",
} as const;

export function findingsTable(findings: readonly Finding[], isShort: (finding: Finding) => boolean): string {
  return [...FINDINGS, ...findings.map((finding) => findingRow(finding, isShort(finding)))].join("\n");
}

export function approvalsTable(approvals: readonly ApprovalNeeded[]): string {
  return [...APPROVALS, ...approvals.map(approvalRow)].join("\n");
}

export function acknowledgedTable(some: readonly Acknowledged[]): string {
  return [...ACKNOWLEDGED, ...some.map(acknowledgedRow)].join("\n");
}

function findingRow(finding: Finding, isShort: boolean): string {
  const { what, because, source, parts } = finding;
  if (parts !== undefined) return row(labelOf(finding), cellCode(what), abilities(parts), "");
  return row(labelOf(finding), cellCode(what), isShort ? "" : cellCode(because), cellCode(placeOf(source)));
}

function labelOf(finding: Finding): string {
  const { direction, kind } = finding;
  if (isNewCombination(finding)) return "**new combination**";
  if (direction === "standing") return "combination as before";
  return direction === "unknown" ? WORDS.unknown : `${WORDS[direction]} ${kind}`;
}

function abilities(parts: Combination["parts"]): string {
  return cutTo(
    MOST_PARTS,
    parts.map(({ what, source }) => `${cellCode(what)} at ${cellCode(placeOf(source))}`),
  ).join(" + ");
}

function approvalRow(approval: ApprovalNeeded): string {
  const reasons = cutTo(MOST_REASONS, approval.reasons.map(cellCode));
  return row(cellCode(approval.rule), byWhom(approval), String(approval.count), reasons.join(", "));
}

/** The number has a column of its own. */
function byWhom({ approvers, ...rest }: ApprovalNeeded): string {
  return approvers.length === 0
    ? whoText({ ...rest, approvers, count: 1 }, cellCode)
    : approvers.map(cellCode).join(", ");
}

function acknowledgedRow({ principal, kind, what, until, because }: Acknowledged): string {
  const whose = principal === undefined ? "" : `${cellCode(principal)} `;
  return row(`${whose}${cellCode(kind)}`, cellCode(what), cellCode(because), cellCode(until));
}

function row(...cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
