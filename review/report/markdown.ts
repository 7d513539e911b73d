import type { PrincipalReview, Review } from "../review";
import { byPrincipal, type Finding, findingsOf } from "./importance";
import { cellCode, code } from "./markdown-code";
import { fitted, type Kept } from "./markdown-fit";
import { placeOf } from "./shown";
import { riskText, tally, verdict } from "./verdict";

/** By which a later run finds its own comment */
export const MARKDOWN_TAG = "<!-- ambit review -->";

/** GitHub refuses a comment of more than 65,536 characters. */
const LIMIT = 65_000;
/** Below this not even the first sentence has room. */
const LEAST_LIMIT = 5_000;
const HEADER = ["| | What | Witness, or why undecided | Where |", "| --- | --- | --- | --- |"];

export interface MarkdownOptions {
  /** @default 65_000 characters */
  readonly limit?: number;
  /** Where the whole report is: an https URL */
  readonly link?: string;
}

/** A comment: one sentence to act on, then a table for each principal, within the limit; what was cut is said. */
export function markdownReport(review: Review, { limit = LIMIT, link }: MarkdownOptions = {}): string {
  if (!(limit >= LEAST_LIMIT)) throw new RangeError(`limit must be at least ${LEAST_LIMIT} characters, got ${limit}`);
  const findings = findingsOf(review);
  const groups = [...byPrincipal(findings)];
  const first = `${MARKDOWN_TAG}\n**${verdict(review, findings, code)}**`;
  const last = [
    ...(link === undefined ? [] : [`[The whole report](<${checked(link)}>)`]),
    ...(review.digests === undefined ? [] : [`reviewed: ${code(review.digests.head)}`]),
  ];
  return fitted(findings, limit, (kept) => {
    const { leftOut } = kept;
    const note = leftOut === "" ? [] : [`Left out, the least important first, for want of room: ${leftOut}.`];
    const sections = groups.flatMap(([principal, some]) => section(principal, some, kept));
    return `${[first, ...note, ...sections, ...last].join("\n\n")}\n`;
  });
}

function section(
  principal: PrincipalReview | undefined,
  findings: readonly Finding[],
  { rows, witnesses }: Kept,
): readonly string[] {
  const shown = findings.filter((finding) => rows.has(finding));
  if (shown.length === 0) return [];
  const title = principal === undefined ? "Nobody alone" : `${code(principal.id)}${riskText(principal, code)}`;
  const [losses, others] = [shown.filter(isLoss), shown.filter((finding) => !isLoss(finding))];
  const row = (finding: Finding) => rowOf(finding, isGain(finding) && !witnesses.has(finding));
  return [
    `### ${title} · ${tally(findings)}`,
    ...(others.length === 0 ? [] : [[...HEADER, ...others.map(row)].join("\n")]),
    ...(losses.length === 0 ? [] : [folded(losses.map(row))]),
  ];
}

function rowOf(finding: Finding, isShort: boolean): string {
  const { direction, kind, what, because, source } = finding;
  const words = { gain: "gains", undeclared: "undeclared", unknown: "**unknown**", loss: "loses" };
  const label = direction === "unknown" ? words.unknown : `${words[direction]} ${kind}`;
  return `| ${label} | ${cellCode(what)} | ${isShort ? "" : cellCode(because)} | ${cellCode(placeOf(source))} |`;
}

/** Less access is nothing to decide on. */
function folded(rows: readonly string[]): string {
  return `<details><summary>Loses</summary>\n\n${[...HEADER, ...rows].join("\n")}\n\n</details>`;
}

function checked(link: string): string {
  const url = URL.canParse(link) ? new URL(link) : undefined;
  if (url?.protocol !== "https:") throw new TypeError(`link must be an https URL, got ${JSON.stringify(link)}`);
  return url.href.replace(/[&<>\\]/g, encodeURIComponent);
}

const isLoss = ({ direction }: Finding): boolean => direction === "loss";
const isGain = ({ direction }: Finding): boolean => direction === "gain" || direction === "undeclared";
