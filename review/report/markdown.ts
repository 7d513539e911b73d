import type { AcknowledgedFinding, RequiredApproval, Combination, Review } from "../review";
import { acknowledgedOf, approvalsOf, areRuled, whoText } from "./approvals";
import { factsOf, riskText } from "./principal-facts";
import type { Finding } from "./finding";
import { findingsOf } from "./findings";
import { foldText, splitFolds } from "./folds";
import { type Group, groupsOf, titleOf } from "./groups";
import { cellCode, code } from "./markdown-code";
import { type Contents, fitReport, type FittedContents } from "./markdown-fit";
import { capital, cutTo, placeOf } from "./text-parts";
import { isNewCombination, tally, verdict } from "./verdict";

/** Marks the comment, so that a later run finds it */
export const MARKDOWN_TAG = "<!-- ambit review -->";

/** GitHub refuses a comment of more than 65,536 characters. */
const LIMIT = 65_000;
/** Below this the first sentence does not fit. */
const LEAST_LIMIT = 10_000;

export interface MarkdownOptions {
  /** @default 65_000 characters */
  readonly limit?: number;
  /** https URL of the whole report */
  readonly link?: string;
}

/** A comment: a verdict in one sentence, then a table for each principal, within the limit; the report says what was cut. */
export function markdownReport(review: Review, { limit = LIMIT, link }: MarkdownOptions = {}): string {
  if (!(limit >= LEAST_LIMIT)) throw new RangeError(`limit must be at least ${LEAST_LIMIT} characters, got ${limit}`);
  const findings = findingsOf(review);
  const groups = groupsOf(review, findings);
  const contents = contentsOf(review, findings, groups);
  const start = `${MARKDOWN_TAG}\n**${verdict(review, findings, code)}**`;
  const end = [
    ...(link === undefined ? [] : [`[The whole report](<${checked(link)}>)`]),
    ...(review.digests === undefined ? [] : [`reviewed: ${code(review.digests.head)}`]),
  ];
  return fitReport(contents, limit, (kept) => {
    const { leftOut } = kept;
    const note = leftOut === "" ? [] : [`Left out, the least important first, for want of room: ${leftOut}.`];
    const sections = [
      ...approvalsSection(contents, kept),
      ...groups.flatMap((group) => section(group, kept)),
      ...acknowledgedSection(contents, kept),
    ];
    return `${[start, ...note, ...sections, ...end].join("\n\n")}\n`;
  });
}

function contentsOf(review: Review, findings: readonly Finding[], groups: readonly Group[]): Contents {
  const approvals = approvalsOf(review, findings);
  const principals = groups.flatMap((group) => (group.about === "principal" ? [group.principal] : []));
  return {
    approvals: areRuled(approvals) ? approvals : [],
    findings,
    changed: principals.filter((principal) => factsOf(principal, code).length > 0),
    acknowledged: acknowledgedOf(review),
  };
}

function approvalsSection({ approvals }: Contents, { shown }: FittedContents): readonly string[] {
  const some = approvals.filter((one) => shown.has(one));
  return some.length === 0 ? [] : ["### Approvals needed", approvalsTable(some)];
}

function section(group: Group, { shown, witnesses }: FittedContents): readonly string[] {
  const some = group.findings.filter((finding) => shown.has(finding));
  const facts = group.about === "principal" && shown.has(group.principal) ? factsOf(group.principal, code) : [];
  if (some.length === 0 && facts.length === 0) return [];
  const [losses, others] = [some.filter(isLoss), some.filter((finding) => !isLoss(finding))];
  const isShort = (finding: Finding) => isWitnessed(finding) && !witnesses.has(finding);
  const [{ open, folded: folds }, lost] = [splitFolds(others), splitFolds(losses)];
  return [
    `### ${[titled(group), tally(group.findings)].filter((text) => text !== "").join(" · ")}`,
    ...facts.map((fact) => `${capital(fact)}.`),
    ...(open.length === 0 ? [] : [findingsTable(open, isShort)]),
    ...folds.map((fold) => folded(capital(foldText(fold)), findingsTable(fold.findings, isShort))),
    ...(lost.open.length === 0 ? [] : [folded("Loses", findingsTable(lost.open, isShort))]),
    ...lost.folded.map((fold) => folded(capital(foldText(fold)), findingsTable(fold.findings, isShort))),
  ];
}

function titled(group: Group): string {
  if (group.about !== "principal") return capital(titleOf(group.about));
  return `${code(group.principal.id)}${riskText(group.principal, code)}`;
}

function acknowledgedSection({ acknowledged }: Contents, { shown }: FittedContents): readonly string[] {
  const some = acknowledged.filter((one) => shown.has(one));
  if (some.length === 0) return [];
  return [folded(`Acknowledged by the rules: ${acknowledged.length}`, acknowledgedTable(some))];
}

/** Losses and acknowledged findings need no decision. */
function folded(summary: string, table: string): string {
  return `<details><summary>${summary}</summary>\n\n${table}\n\n</details>`;
}

function checked(link: string): string {
  const url = URL.canParse(link) ? new URL(link) : undefined;
  if (url?.protocol !== "https:") throw new TypeError(`link must be an https URL, got ${JSON.stringify(link)}`);
  return url.href.replace(/[&<>\\]/g, encodeURIComponent);
}

const isLoss = ({ direction }: Finding): boolean => direction === "loss";
const isWitnessed = ({ direction }: Finding): boolean => direction === "gain" || direction === "undeclared";

const FINDINGS = ["| | What | Witness, or why undecided | Where |", "| --- | --- | --- | --- |"];
const APPROVALS = ["| Rule | By | How many | What for |", "| --- | --- | --- | --- |"];
const ACKNOWLEDGED = ["| Whose | What | Why | Until |", "| --- | --- | --- | --- |"];

/** Most reasons of an approval, and parts of a combination: the report has the rest elsewhere. */
const MOST_REASONS = 3;
const MOST_PARTS = 6;

const WORDS = {
  gain: "gains",
  undeclared: "undeclared",
  ungranted: "not granted",
  unknown: "**unknown**",
  loss: "loses",
} as const;

function findingsTable(findings: readonly Finding[], isShort: (finding: Finding) => boolean): string {
  return [...FINDINGS, ...findings.map((finding) => findingRow(finding, isShort(finding)))].join("\n");
}

function approvalsTable(approvals: readonly RequiredApproval[]): string {
  return [...APPROVALS, ...approvals.map(approvalRow)].join("\n");
}

function acknowledgedTable(some: readonly AcknowledgedFinding[]): string {
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

function approvalRow(approval: RequiredApproval): string {
  const reasons = cutTo(MOST_REASONS, approval.reasons.map(cellCode));
  return row(cellCode(approval.rule), byWhom(approval), String(approval.count), reasons.join(", "));
}

/** The number has a column of its own. */
function byWhom({ approvers, ...rest }: RequiredApproval): string {
  return approvers.length === 0
    ? whoText({ ...rest, approvers, count: 1 }, cellCode)
    : approvers.map(cellCode).join(", ");
}

function acknowledgedRow({ principal, kind, what, until, because }: AcknowledgedFinding): string {
  const whose = principal === undefined ? "" : `${cellCode(principal)} `;
  return row(`${whose}${cellCode(kind)}`, cellCode(what), cellCode(because), cellCode(until));
}

function row(...cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
