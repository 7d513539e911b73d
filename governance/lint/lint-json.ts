import type { Finding } from "../../constructs/guardrails/finding";
import type { LintReport } from "./lint";

/** The report for programs: its keys are contract */
export function lintJson(report: LintReport): object {
  const { refused, acknowledged, void: ended, malformed, judged, rules, unread, isClean } = report;
  return {
    version: "ambit.lint/1",
    isClean,
    judged: { ...judged, rules: rules.length },
    refused: refused.map(findingJson),
    acknowledged: acknowledged.map(({ finding, acknowledgement }) => ({ ...findingJson(finding), acknowledgement })),
    void: ended,
    malformed,
    unread,
  };
}

function findingJson({ rule, id, hash, stack, address, path, at, alsoAt, evidence }: Finding): object {
  const { severity, what, why, fix, standards } = rule;
  return { id, rule: rule.id, severity, hash, stack, address, path, at, alsoAt, evidence, what, why, fix, standards };
}
