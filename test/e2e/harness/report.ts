import type { Check, Suite } from "./suite";

const MARK = { passed: "pass", failed: "FAIL", skipped: "skip" } as const;

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** One line per check, its notes and its reason below it. */
export function line(check: Check): string {
  const { outcome, name, notes, seconds } = check;
  if (outcome === undefined) return "";
  const head = `${MARK[outcome.result]}  ${name}${outcome.result === "skipped" ? "" : `  ${seconds.toFixed(1)} s`}\n`;
  const reason = outcome.result === "passed" ? [] : outcome.reason.split("\n");
  return head + [...notes, ...reason].map((text) => `      ${text}\n`).join("");
}

export function totals(suites: readonly Suite[]): Totals {
  const count = (result: string): number =>
    suites.flatMap((suite) => suite.checks).filter((check) => check.outcome?.result === result).length;
  return { passed: count("passed"), failed: count("failed"), skipped: count("skipped") };
}

export function lastLine({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}\n`;
}

export function asJson(suites: readonly Suite[]): string {
  const checks = ({ checks }: Suite): readonly unknown[] =>
    checks.map(({ name, seconds, notes, outcome }) => ({
      name,
      seconds: Math.round(seconds * 10) / 10,
      notes,
      ...outcome,
    }));
  const all = suites.map((suite) => ({ suite: suite.name, checks: checks(suite) }));
  return `${JSON.stringify({ suites: all, ...totals(suites) }, null, 2)}\n`;
}
