import { isWithin, median, ratioOf } from "../comparison";
import { markdown } from "../report";
import type { AuditResult } from "./bench";

export function auditRows({ comparisons }: AuditResult): readonly (readonly string[])[] {
  return [
    ["", "ambit audit verify", "fsck", "ratio", "min to max", "limit", ""],
    ...comparisons.map((comparison) => {
      const { what, ambit, plain, limit } = comparison;
      const ratio = ratioOf(comparison);
      return [
        what,
        `${Math.round(median(ambit))} ms`,
        `${Math.round(median(plain))} ms`,
        ratio.median.toFixed(2),
        `${ratio.lowest.toFixed(2)} to ${ratio.highest.toFixed(2)}`,
        `at most ${limit}`,
        isWithin(comparison) ? "met" : "missed",
      ];
    }),
  ];
}

export function circumstances({ machine, busy, records, comparisons }: AuditResult): string {
  const rounds = comparisons[0]?.ambit.length ?? 0;
  return `${machine}, load average ${busy.toFixed(1)} at the start, a log of ${records.toLocaleString("en")} records, ${rounds} rounds`;
}

export function auditText(result: AuditResult): string {
  return `${circumstances(result)}:\n\n${markdown(auditRows(result))}`;
}
