import { printable } from "../../domain/printable";
import { wrappedLines } from "../../domain/wrapped-lines";
import type { PrincipalReview, Review } from "../review";
import { byPrincipal, type Finding, findingsOf } from "./importance";
import { placeOf } from "./shown";
import { riskText, tally, verdict } from "./verdict";

/** How a terminal shows a text */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
}

export interface TerminalOptions {
  /** Width of a line; a word is never broken */
  readonly columns: number;
  readonly paint: Paint;
}

const MARK = { gain: "+", undeclared: "+", unknown: "?", loss: "-" } as const;
const DETAIL = "      ";

/** One sentence, then what each principal gains, what is unknown of them, and what they lose */
export function terminalReport(review: Review, options: TerminalOptions): string {
  const findings = findingsOf(review);
  const sections = [...byPrincipal(findings)].map(([principal, some]) => section(principal, some, options));
  return [
    wrappedLines(verdict(review, findings, printable), "", "", options.columns).map(options.paint.bold),
    ...sections,
  ]
    .map((lines) => lines.map((line) => `${line}\n`).join(""))
    .join("\n");
}

function section(
  principal: PrincipalReview | undefined,
  findings: readonly Finding[],
  { columns, paint }: TerminalOptions,
): readonly string[] {
  const title =
    principal === undefined ? "nobody alone" : `${printable(principal.id)}${riskText(principal, printable)}`;
  return [
    ...wrappedLines(`${title} · ${tally(findings)}`, "", "  ", columns).map(paint.bold),
    ...findings.flatMap((finding) => [
      ...wrappedLines(first(finding), "  ", DETAIL, columns).map(colour(finding, paint)),
      ...wrappedLines(`${reason(finding)}${printable(finding.because)}`, DETAIL, DETAIL, columns),
      ...wrappedLines(`at ${printable(placeOf(finding.source))}`, DETAIL, DETAIL, columns).map(paint.dim),
    ]),
  ];
}

function first({ direction, kind, what }: Finding): string {
  const words = { gain: `${kind}: `, undeclared: `${kind}, undeclared: `, unknown: "unknown: ", loss: `${kind}: ` };
  return `${MARK[direction]} ${words[direction]}${printable(what)}`;
}

function reason({ direction }: Finding): string {
  if (direction === "unknown") return "because ";
  return direction === "loss" ? "no more: " : "for example: ";
}

function colour({ direction }: Finding, paint: Paint): (text: string) => string {
  if (direction === "unknown") return paint.yellow;
  return direction === "loss" ? paint.green : paint.red;
}
