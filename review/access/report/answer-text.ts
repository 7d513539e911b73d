import type { TerminalOptions } from "../../report/review-text";
import type { Requirement } from "../requirement";
import type { Answer, Question } from "../question";
import { keysText, Lines } from "./lines";

/** One principal's answers, by each way into AWS */
export interface PrincipalAnswers {
  readonly id: string;
  readonly answers: readonly Answer[];
}

/** What is allowed and by which statements, or what would allow it; of many principals, those that never may come last. */
export function answersText(question: Question, all: readonly PrincipalAnswers[], options: TerminalOptions): string {
  const lines = new Lines(options);
  const where = keysText(question.keys);
  lines.title(`${question.action} on ${question.resource}${where === "" ? "" : ` where ${where}`}`);
  const never = all.length === 1 ? [] : all.filter(({ answers }) => answers.every(isNever));
  for (const answered of all.filter((one) => !never.includes(one))) answeredLines(lines, answered);
  if (never.length > 0) {
    lines.title(`nothing allows it under any conditions · ${never.length}`);
    for (const { id } of never) lines.add(id, 1, lines.paint.green);
  }
  return lines.text;
}

function isNever({ missing }: Answer): boolean {
  return missing?.kind === "allow" || missing?.kind === "conflict";
}

function answeredLines(lines: Lines, { id, answers }: PrincipalAnswers): void {
  lines.title(id);
  if (answers.length === 0) lines.add("denied: it has no way into AWS", 1, lines.paint.green);
  for (const answer of answers) answerLines(lines, answer);
}

function answerLines(lines: Lines, answer: Answer): void {
  const { path, isAssumed, assumed, verdict, by, unknown, missing } = answer;
  const isOpen = verdict === "unknown" || (isAssumed && verdict === "allowed");
  const isSafe = verdict === "denied" && isNever(answer);
  const paint = !isOpen && verdict === "allowed" ? lines.paint.red : isSafe ? lines.paint.green : lines.paint.yellow;
  lines.add(`${isOpen ? "unknown" : verdict}  ${path}`, 1, paint);
  const context = keysText(assumed);
  if (context !== "") lines.add(`in a session that the exchange gives: ${context}`, 2);
  if (isAssumed && verdict === "allowed") lines.add("because policies that cannot be read may allow it", 2);
  if (unknown.length > 0) lines.add(`because it depends on ${unknown.join(" and ")}`, 2);
  const decided = verdict === "denied" ? by.map((one) => ({ ...one, layer: `Deny in ${one.layer}` })) : by;
  lines.statements(decided, 2);
  if (missing !== undefined) lines.add(missingText(missing), 2);
}

function missingText(missing: Requirement): string {
  switch (missing.kind) {
    case "keys": {
      const set = keysText(missing.set);
      const parts = [
        ...(set === "" ? [] : [`where ${set}`]),
        ...(missing.drop.length === 0 ? [] : [`without ${missing.drop.join(", ")}`]),
      ];
      return `it is allowed ${parts.join(" and ")}`;
    }
    case "allow":
      return `nothing allows it under any conditions: no Allow fits in ${missing.layers.join(", nor in ")}`;
    case "conflict":
      return "nothing allows it: the layers allow it under conditions that exclude each other, or a Deny always applies";
    case "unknown":
      return "what would allow it is not known";
  }
}
