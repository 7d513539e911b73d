import { isWithin, median, ratioOf } from "../comparison";
import { markdown } from "../report";
import { type AuditResult, TRACE_LIMIT } from "./bench";

export function auditRows({ comparisons, traces }: AuditResult): readonly (readonly string[])[] {
  return [
    ["", "ambit audit", "fsck", "ratio", "min to max", "limit", ""],
    ...comparisons.map((comparison) => {
      const { what, ambit, plain, limit } = comparison;
      const ratio = ratioOf(comparison);
      return [
        `verify, ${what}`,
        `${Math.round(median(ambit))} ms`,
        `${Math.round(median(plain))} ms`,
        ratio.median.toFixed(2),
        `${ratio.lowest.toFixed(2)} to ${ratio.highest.toFixed(2)}`,
        `at most ${limit}`,
        isWithin(comparison) ? "met" : "missed",
      ];
    }),
    [
      "trace",
      `${Math.round(median(traces))} ms`,
      "",
      "",
      `${Math.round(Math.min(...traces))} to ${Math.round(Math.max(...traces))} ms`,
      `at most ${TRACE_LIMIT} ms`,
      median(traces) <= TRACE_LIMIT ? "met" : "missed",
    ],
  ];
}

export function circumstances({ machine, busy, records, comparisons }: AuditResult): string {
  const rounds = comparisons[0]?.ambit.length ?? 0;
  return `${machine}, load average ${busy.toFixed(1)} at the start, a log of ${records.toLocaleString("en")} records, ${rounds} rounds`;
}

export function auditText(result: AuditResult): string {
  return `${circumstances(result)}:\n\n${markdown(auditRows(result))}`;
}
