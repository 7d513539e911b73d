import { printable } from "../../domain/printable";
import { wrappedLines } from "../../domain/wrapped-lines";
import type { AcknowledgedFinding, RequiredApproval, Review } from "../review";
import { acknowledgedOf, approvalsOf, areRuled, whoText } from "./approvals";
import { factsOf, riskText } from "./principal-facts";
import type { Finding } from "./finding";
import { findingsOf } from "./findings";
import { type FoldedFindings, foldText, splitFolds } from "./folds";
import { type Group, groupsOf, titleOf } from "./groups";
import { cutTo, placeOf } from "./text-parts";
import { isNewCombination, tally, verdict } from "./verdict";

/** Styles of a terminal */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
}

export interface TerminalOptions {
  /** Width of a line; words are never broken */
  readonly columns: number;
  readonly paint: Paint;
}

const MARK = { gain: "+", undeclared: "+", unknown: "?", standing: "=", ungranted: "~", loss: "-" } as const;
const DETAIL = "      ";
/** Most reasons of an approval: the rest is listed below. */
const MOST_REASONS = 3;

/**
 * One sentence, the approvals, then gains, unknowns and losses of each principal, then undeclared,
 * ungranted and acknowledged findings
 */
export function terminalReport(review: Review, options: TerminalOptions): string {
  const findings = findingsOf(review);
  return [
    wrappedLines(verdict(review, findings, printable), "", "", options.columns).map(options.paint.bold),
    approvalLines(approvalsOf(review, findings), options),
    ...groupsOf(review, findings).map((group) => section(group, options)),
    acknowledgedLines(acknowledgedOf(review), options),
  ]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => `${line}\n`).join(""))
    .join("\n");
}

function section(group: Group, { columns, paint }: TerminalOptions): readonly string[] {
  const { findings } = group;
  const { open, folded } = splitFolds(findings);
  const title =
    group.about === "principal"
      ? `${printable(group.principal.id)}${riskText(group.principal, printable)}`
      : titleOf(group.about);
  const facts = group.about === "principal" ? factsOf(group.principal, printable) : [];
  return [
    ...wrappedLines([title, tally(findings)].filter((text) => text !== "").join(" · "), "", DETAIL, columns).map(
      paint.bold,
    ),
    ...facts.flatMap((fact) => wrappedLines(fact, "  ", DETAIL, columns)),
    ...open.flatMap((finding) => [
      ...wrappedLines(first(finding), "  ", DETAIL, columns).map(colour(finding, paint)),
      ...details(finding, columns, paint),
    ]),
    ...folded.flatMap((fold) => foldLines(fold, columns, paint)),
  ];
}

/** `--json`, `--html` and `--markdown` list them one by one */
function foldLines(fold: FoldedFindings, columns: number, paint: Paint): readonly string[] {
  const [one] = fold.findings as readonly [Finding];
  const mark = one.direction === "loss" ? MARK.loss : MARK.gain;
  return wrappedLines(`${mark} ${foldText(fold)}`, "  ", DETAIL, columns).map(paint.dim);
}

function details(finding: Finding, columns: number, paint: Paint): readonly string[] {
  const line = (text: string) => wrappedLines(text, DETAIL, DETAIL, columns);
  const at = (source: Finding["source"]) => `at ${printable(placeOf(source))}`;
  if (finding.parts !== undefined) {
    return finding.parts.flatMap(({ what, source }) => [
      ...line(`with ${printable(what)}`),
      ...line(at(source)).map(paint.dim),
    ]);
  }
  return [...line(`${reason(finding)}${printable(finding.because)}`), ...line(at(finding.source)).map(paint.dim)];
}

function first(finding: Finding): string {
  const { direction, kind, what } = finding;
  if (isNewCombination(finding)) return `! new combination, ${printable(what)}`;
  if (direction === "standing") return `${MARK.standing} combination as before, ${printable(what)}`;
  return `${MARK[direction]} ${kind}: ${printable(what)}`;
}

function reason({ direction }: Finding): string {
  if (direction === "unknown") return "because ";
  return direction === "loss" ? "no more: " : "for example: ";
}

function colour({ direction }: Finding, paint: Paint): (text: string) => string {
  if (direction === "loss") return paint.green;
  return direction === "gain" || direction === "undeclared" ? paint.red : paint.yellow;
}

function approvalLines(approvals: readonly RequiredApproval[], { columns, paint }: TerminalOptions): readonly string[] {
  if (!areRuled(approvals)) return [];
  return [
    paint.bold("approvals needed"),
    ...approvals.flatMap((approval) => [
      ...wrappedLines(`by ${whoText(approval, printable)} (rule ${printable(approval.rule)})`, "  ", DETAIL, columns),
      ...cutTo(MOST_REASONS, approval.reasons.map(printable)).flatMap((text) =>
        wrappedLines(`for ${text}`, DETAIL, DETAIL, columns).map(paint.dim),
      ),
    ]),
  ];
}

function acknowledgedLines(
  some: readonly AcknowledgedFinding[],
  { columns, paint }: TerminalOptions,
): readonly string[] {
  if (some.length === 0) return [];
  return [
    paint.bold(`acknowledged by the rules: ${some.length}`),
    ...some.flatMap(({ principal, kind, what, until, because }) => [
      ...wrappedLines(
        `until ${[until, principal, kind]
          .filter((one) => one !== undefined)
          .map(printable)
          .join(" ")}: ${printable(what)}`,
        "  ",
        DETAIL,
        columns,
      ),
      ...wrappedLines(`because ${printable(because)}`, DETAIL, DETAIL, columns).map(paint.dim),
    ]),
  ];
}
