import { LIMITS as LIFETIMES } from "../../../domain";
import { serverSize } from "../../../constructs/spire/private/sizing";
import { median } from "../comparison";
import { markdown } from "../report";
import { CALLERS, LIMITS, type Round, type SpireResult } from "./bench";

type Rows = readonly (readonly string[])[];

/** Columns and rows of SPIRE's scaling table */
const SIZES = { nodes: [10, 100, 1_000, 5_000], workloads: [10, 100, 1_000, 10_000] } as const;

export function issuanceRows({ rounds, throughput, p99 }: SpireResult): Rows {
  const value = (of: (round: Round) => number, digits: number): string => median(rounds.map(of)).toFixed(digits);
  const range = (ratios: readonly number[]): readonly string[] => [
    median(ratios).toFixed(2),
    `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`,
  ];
  return [
    ["", "one at a time", `${CALLERS} at once`, "at half that rate", "ratio", "min to max", "limit", ""],
    [
      "X.509-SVIDs per second",
      value(({ serial }) => serial.perSecond, 0),
      value(({ concurrent }) => concurrent.perSecond, 0),
      value(({ open }) => open.perSecond, 0),
      ...range(throughput),
      `at least ${LIMITS.throughput}`,
      verdict(median(throughput) >= LIMITS.throughput),
    ],
    [
      "p99, ms",
      value(({ serial }) => serial.p99Milliseconds, 1),
      value(({ concurrent }) => concurrent.p99Milliseconds, 1),
      value(({ open }) => open.p99Milliseconds, 1),
      ...range(p99),
      `at most ${LIMITS.p99}`,
      verdict(median(p99) <= LIMITS.p99),
    ],
    ["of it the client's own delay, p99, ms", "", "", value(({ open }) => open.lateP99Milliseconds, 1), "", "", "", ""],
  ];
}

/** What is rendered for so many workloads and nodes, and what the servers must then issue in all. */
export function sizingRows(): Rows {
  const head = ["", ...SIZES.nodes.map((nodes) => `${nodes.toLocaleString("en")} nodes`), "X.509-SVIDs per second"];
  const rows = SIZES.workloads.map((workloads) => [
    `${workloads.toLocaleString("en")} workloads`,
    ...SIZES.nodes.map((nodes) => {
      const { replicas, cpu, memory } = serverSize(workloads, nodes, "bench");
      return `${replicas} × ${cpu} CPU, ${memory}`;
    }),
    rateOf(workloads).toFixed(2),
  ]);
  return [head, ...rows];
}

/** How busy the machine was with other things */
export function loadOf({ busy }: SpireResult): string {
  return `load average ${busy.toFixed(1)} at the start`;
}

export function spireText(result: SpireResult): string {
  const sizing = "What is rendered by default, and what all its servers together then have to issue:";
  const head = `${result.machine}, ${loadOf(result)}, ${result.rounds.length} rounds:`;
  return `${head}\n\n${markdown(issuanceRows(result))}\n${sizing}\n\n${markdown(sizingRows())}`;
}

/** Agents renew an SVID at half of its life. */
function rateOf(workloads: number): number {
  return workloads / (LIFETIMES.x509Svid.seconds / 2);
}

function verdict(holds: boolean): string {
  return holds ? "met" : "missed";
}
