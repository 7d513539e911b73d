import { findingText, malformedText, voidText } from "../../constructs/guardrails/refusal";
import { SEVERITIES } from "../../constructs/guardrails/rule";
import { printable } from "../../domain/printable";
import type { LintReport } from "./lint";

/** How a terminal shows what matters */
export interface LintPaint {
  readonly bold: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
}

/** Findings by stack, the worst first, then what was judged */
export function lintText(report: LintReport, paint: LintPaint): string {
  const { refused, acknowledged, judged, rules, unread } = report;
  const lines: string[] = [];
  for (const stack of new Set(refused.map((finding) => finding.stack))) {
    lines.push(paint.bold(stack === "" ? "agents" : `stack ${printable(stack)}`));
    lines.push(
      ...refused.filter((finding) => finding.stack === stack).map((finding) => shownLines(findingText(finding))),
    );
    lines.push("");
  }
  const ended = [...report.void.map(voidText), ...report.malformed.map(malformedText)].map(shownLines);
  if (ended.length > 0) lines.push(paint.yellow("acknowledgements that count for nothing"), ...ended, "");
  if (unread.length > 0) {
    lines.push(paint.yellow("not read, and not judged"), ...unread.map((each) => `  ${printable(each)}`), "");
  }
  if (acknowledged.length > 0) {
    lines.push(
      paint.bold("acknowledged"),
      ...acknowledged.map(({ finding, acknowledgement: { owner, expires, reason } }) =>
        printable(`  ${finding.id} at ${finding.address}: ${reason} (${owner}, until ${expires})`),
      ),
      "",
    );
  }
  const what = `${counted(judged.blocks, "block")} of ${counted(judged.stacks, "stack")} and ${counted(judged.agents, "agent")}, by ${counted(rules.length, "rule")}`;
  lines.push(report.isClean ? paint.green(`no findings in ${what}`) : paint.red(`${countsOf(report)} in ${what}`));
  return `${lines.join("\n")}\n`;
}

function countsOf({ refused, void: ended, malformed, unread, judged }: LintReport): string {
  if (judged.blocks + judged.agents === 0) return "nothing was judged";
  const bySeverity = SEVERITIES.map((severity) => {
    const count = refused.filter(({ rule }) => rule.severity === severity).length;
    return count === 0 ? "" : `${count} ${severity}`;
  }).filter((each) => each !== "");
  const findings = counted(refused.length, "finding");
  return [
    bySeverity.length === 0 ? findings : `${findings} (${bySeverity.join(", ")})`,
    ...(ended.length === 0 ? [] : [counted(ended.length, "void acknowledgement")]),
    ...(malformed.length === 0 ? [] : [counted(malformed.length, "malformed acknowledgement")]),
    ...(unread.length === 0 ? [] : [`${unread.length} not read`]),
  ].join(", ");
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** Values of a folder that others wrote may hold anything but our own line ends. */
function shownLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}
