import { median, type Ratio } from "../comparison";
import { markdown } from "../report";
import { costOf, type DecisionsResult, growthOf, LIMITED, LIMITS, SIZES, type Times } from "./bench";

type Rows = readonly (readonly string[])[];

/** Whether a decision costs the same in every fleet */
export function flatRows({ cedar, opa }: DecisionsResult): Rows {
  const row = (what: string, times: Times): readonly string[] => [
    what,
    ...SIZES.map((agents) => micros(times[`${agents}`])),
    ...ratioCells(growthOf(times), LIMITS.flat),
  ];
  const [least, , most] = SIZES;
  return [
    ["", ...SIZES.map(agentsOf), `${number(most)} / ${number(least)}`, "min to max", "limit", ""],
    row("Cedar, in process", cedar),
    row("OPA, over its socket", opa),
  ];
}

/** What a decision costs over Cedar's cheapest answer */
export function kindRows({ kinds }: DecisionsResult): Rows {
  const names = Object.keys(kinds).filter((kind) => kind !== "permit-all");
  return [
    ["", "time", "ratio", "min to max", "limit", ""],
    ["one policy that permits everything", micros(kinds["permit-all"]), "", "", "", ""],
    ...names.map((kind) => [
      kind,
      micros(kinds[kind]),
      ...ratioCells(costOf(kinds, kind), LIMITED.includes(kind) ? LIMITS.cedar : undefined),
    ]),
  ];
}

/** What a fleet weighs */
export function weightRows({ weights }: DecisionsResult): Rows {
  const [first, ...others] = weights;
  const more = others.map(({ agents, dataBytes, bundleBytes, memoryBytes }) => {
    const each = (bytes: number, without = 0): string =>
      `${number((bytes - without) / (agents - (first?.agents ?? 0)))} B`;
    return [
      `${agentsOf(agents)}, each`,
      each(dataBytes, first?.dataBytes),
      each(bundleBytes, first?.bundleBytes),
      each(memoryBytes, first?.memoryBytes),
    ];
  });
  return [
    ["", "data", "bundle", "OPA's memory"],
    ...weights.map(({ agents, dataBytes, bundleBytes, memoryBytes }) => [
      agentsOf(agents),
      ...[dataBytes, bundleBytes].map((bytes) => `${number(bytes / 1000)} kB`),
      `${number(memoryBytes / 1e6)} MB`,
    ]),
    ...more,
  ];
}

/** How building a bundle grows */
export function buildRows({ builds, exponent }: DecisionsResult): Rows {
  return [
    ["", ...builds.map(([agents]) => agentsOf(agents)), "growth, exponent", "limit", ""],
    [
      "building the bundle",
      ...builds.map(([, milliseconds]) => `${number(milliseconds)} ms`),
      exponent.toFixed(2),
      `at most ${LIMITS.exponent}`,
      verdict(exponent <= LIMITS.exponent),
    ],
  ];
}

export function decisionsText(result: DecisionsResult): string {
  const rounds = Object.values(result.kinds)[0]?.length ?? 0;
  const tables = [flatRows, kindRows, weightRows, buildRows].map((rows) => markdown(rows(result)));
  return `${result.machine}, load average ${result.busy.toFixed(1)} at the start, ${rounds} rounds:\n\n${tables.join("\n")}`;
}

function ratioCells({ median: middle, lowest, highest }: Ratio, limit: number | undefined): readonly string[] {
  return [
    middle.toFixed(2),
    `${lowest.toFixed(2)} to ${highest.toFixed(2)}`,
    limit === undefined ? "" : `at most ${limit}`,
    limit === undefined ? "" : verdict(middle <= limit),
  ];
}

function micros(values: readonly number[] | undefined): string {
  return `${number(median(values ?? []))} µs`;
}

function agentsOf(agents: number): string {
  return `${number(agents)} agents`;
}

function number(value: number): string {
  return Math.round(value).toLocaleString("en");
}

function verdict(holds: boolean): string {
  return holds ? "met" : "missed";
}
