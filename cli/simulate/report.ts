import type { Io } from "../program";
import { green, jsonText, printable, red, table, yellow } from "../terminal";
import type { Report, Result, Simulated, Summary } from "./simulate";

/** Grows when a reader of `ambit simulate --json` must change */
export const SIMULATE_VERSION = "ambit.simulate/1";

const INDEX = 6;

/** A line per request as it is decided, and a table of the sums: for people */
export function textReport(io: Io, summaryOnly: boolean): Report {
  let lines = 0;
  return {
    result: (simulated) => {
      if (summaryOnly) return;
      lines++;
      io.out(lineOf(simulated));
    },
    end: (summary, compared) => {
      if (lines > 0) io.out("\n");
      io.out(table(summaryRows(summary, compared)));
    },
  };
}

/** One JSON document, written as it comes */
export function jsonReport(io: Io, summaryOnly: boolean): Report {
  let first = true;
  io.out(`{"version":${JSON.stringify(SIMULATE_VERSION)},"requests":[`);
  return {
    result: (simulated) => {
      if (summaryOnly) return;
      io.out(`${first ? "\n" : ",\n"}${jsonText(simulated)}`);
      first = false;
    },
    end: (summary) => io.out(`${first ? "" : "\n"}],\n"summary":${jsonText(summary)}}\n`),
  };
}

function lineOf({ index, name, request, before, after }: Simulated): string {
  const decision = before === null ? decided(after) : `${coloured(before)} -> ${decided(after)}`;
  const what = printable(name ?? request);
  const codes = before === null ? codesOf(after) : difference(before, after);
  return `${String(index).padStart(INDEX)}  ${decision}  ${what}${codes === "" ? "" : `  ${printable(codes)}`}\n`;
}

function coloured({ decision }: Result): string {
  return decision === "allow" ? green(decision) : red(decision);
}

/** As wide for every decision */
function decided(result: Result): string {
  return coloured(result) + " ".repeat("allow".length - result.decision.length);
}

function codesOf({ reasons, observed }: Result): string {
  return [...reasons, ...observed.map((code) => `${code} (observed)`)].join(", ");
}

/** `- order.broken`, `+ budget.spent` */
function difference(before: Result, after: Result): string {
  const [gone, come] = [codesOf(before).split(", "), codesOf(after).split(", ")];
  const signed = (sign: string, codes: readonly string[], other: readonly string[]): readonly string[] =>
    codes.filter((code) => code !== "" && !other.includes(code)).map((code) => `${sign} ${code}`);
  return [...signed("-", gone, come), ...signed("+", come, gone)].join("  ");
}

function summaryRows(summary: Summary, compared: boolean): readonly (readonly string[])[] {
  const row = (label: string, count: number): readonly string[] => [label, String(count).padStart(INDEX)];
  return [
    row("decided", summary.decided),
    row("allowed", summary.allowed),
    row("denied", summary.denied),
    ...Object.entries(summary.reasons).map(([code, count]) => row(`  ${printable(code)}`, count)),
    ...Object.entries(summary.observed).map(([code, count]) => row(`  ${printable(code)} (observed)`, count)),
    ...(compared ? changes(summary, row) : []),
  ];
}

function changes(
  { newlyAllowed, newlyDenied, otherReasons }: Summary,
  row: (label: string, count: number) => readonly string[],
): readonly (readonly string[])[] {
  return [
    row(newlyAllowed > 0 ? yellow("newly allowed") : "newly allowed", newlyAllowed),
    row("newly denied", newlyDenied),
    row("other reasons", otherReasons),
  ];
}
