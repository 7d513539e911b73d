import { median, type Ratio } from "../comparison";
import { markdown } from "../report";
import { CALLERS, type Load } from "./load";
import {
  added,
  ALLOW,
  AMBIT,
  ASK,
  DYNAMODB,
  FLEETS,
  failures,
  flatness,
  type GatewayResult,
  LEVEL,
  LIMITS,
  memoryGrowth,
  OURS_OVER_MCP,
  overAllow,
} from "./result";

type Rows = readonly (readonly string[])[];

const MEGABYTE = 1_048_576;
const COSTS = ["per second", "processor, a call", "p50, ms", "p99, ms"] as const;
const OVER_ALLOW = "over the one that always allows";

/** Closed loop: what a call costs by each way */
export function gatewayRows(result: GatewayResult): Rows {
  const over = (name: string): readonly string[] => {
    const ratio = overAllow(result, name);
    return [ratio.median.toFixed(2), range(ratio)];
  };
  const rows = Object.entries(result.loads).map(([name, loads]) => [
    name,
    ...costs(loads),
    ...(name === AMBIT || name === LEVEL ? over(name) : ["", ""]),
  ]);
  return [["", ...COSTS, OVER_ALLOW, "min to max"], ...rows];
}

/** The same MCP server by each way, others' gateways among them */
export function mcpRows({ mcp: { loads } }: GatewayResult): Rows {
  const rows = Object.entries(loads).map(([name, of]) => {
    const ratio = overAllow({ loads }, name);
    const isCompared = name === AMBIT || !OURS_OVER_MCP.includes(name);
    return [
      name,
      ...costs(of),
      `${of.reduce((sum, { failed }) => sum + failed, 0)}`,
      ...(isCompared ? [ratio.median.toFixed(2), range(ratio)] : ["", ""]),
    ];
  });
  return [["the same ten-tool MCP server", ...COSTS, "failed", OVER_ALLOW, "min to max"], ...rows];
}

/** What has a limit */
export function limitRows(result: GatewayResult): Rows {
  const { open, longRun } = result;
  const p50 = added(result, ({ p50Milliseconds }) => p50Milliseconds);
  const p99 = added(result, ({ p99Milliseconds }) => p99Milliseconds);
  const floor = added(result, ({ p99Milliseconds }) => p99Milliseconds, ASK);
  const [over, flat, growth, failed] = [overAllow(result), flatness(result), memoryGrowth(result), failures(result)];
  const half = `at ${open.perSecond} calls a second`;
  const calls = longRun.calls.toLocaleString("en");
  const megabytes = `${Math.round(longRun.before / MEGABYTE)} to ${Math.round(longRun.after / MEGABYTE)} MB`;
  return [
    ["", "", "min to max", "limit", ""],
    [
      "processor, over the chain that always allows",
      over.median.toFixed(2),
      range(over),
      ...held(over.median, LIMITS.overAllow),
    ],
    [
      `processor, ${FLEETS.large.toLocaleString("en")} agents over ${FLEETS.small}`,
      flat.median.toFixed(2),
      range(flat),
      ...held(flat.median, LIMITS.flat),
    ],
    [`p50 added ${half}`, `${p50.median.toFixed(1)} ms`, range(p50), "", ""],
    [`p99 added ${half}`, `${p99.median.toFixed(1)} ms`, range(p99), ...held(p99.median, LIMITS.addedP99, " ms")],
    [
      `memory of Envoy and authorizer, ${calls} calls later`,
      growth.toFixed(2),
      megabytes,
      ...held(growth, LIMITS.memory),
    ],
    [`p99 added ${half} by one server that is asked`, `${floor.median.toFixed(1)} ms`, range(floor), "", ""],
    ["calls that failed", `${failed}`, "", ...held(failed, 0)],
  ];
}

/** Open loop: how long answers take at half load */
export function openRows({ open: { loads } }: GatewayResult): Rows {
  const rows = [ALLOW, ASK, AMBIT].map((name) => {
    const of = loads[name] ?? [];
    const times = [of.map(({ p50Milliseconds }) => p50Milliseconds), of.map(({ p99Milliseconds }) => p99Milliseconds)];
    return [
      name,
      ...times.map((all) => median(all).toFixed(1)),
      `${number(of, ({ cpuMicroseconds }) => cpuMicroseconds)} µs`,
    ];
  });
  return [["at half load", "p50, ms", "p99, ms", "processor, a call"], ...rows];
}

/** Processor time alone: how long a call takes is moto's. */
export function dynamoDbRows({ dynamoDb }: GatewayResult): Rows {
  const micros = dynamoDb.map(({ cpuMicroseconds }) => Math.round(cpuMicroseconds));
  const failed = dynamoDb.reduce((sum, load) => sum + load.failed, 0);
  const [lowest, highest] = [Math.min(...micros), Math.max(...micros)].map((one) => one.toLocaleString("en"));
  return [
    ["without moto's own time", "processor, a call", "min to max", "calls", "failed"],
    [
      DYNAMODB,
      `${number(dynamoDb, ({ cpuMicroseconds }) => cpuMicroseconds)} µs`,
      `${lowest} to ${highest}`,
      `${dynamoDb.reduce((sum, { answers }) => sum + answers, 0)}`,
      `${failed}`,
    ],
  ];
}

export const TABLES = [gatewayRows, mcpRows, dynamoDbRows, openRows, limitRows] as const;

/** Peers that have no row, each with its reason; empty where all have one */
export function absentText({ mcp: { absent } }: GatewayResult): string {
  return absent.map(({ name, reason }) => `${name} has no row: ${reason}.`).join(" ");
}

/** Under which the figures were measured */
export function circumstances(result: GatewayResult): string {
  const { machine, busy, loads } = result;
  const rounds = loads[AMBIT]?.length ?? 0;
  const answers = loads[AMBIT]?.[0]?.answers ?? 0;
  const size = `${rounds} rounds of ${answers.toLocaleString("en")} calls over ${CALLERS} connections`;
  return `${machine}, load average ${busy.toFixed(1)} at the start, ${size}, ${failures(result)} failed`;
}

export function gatewayText(result: GatewayResult): string {
  const tables = TABLES.map((rows) => markdown(rows(result)));
  return [`${circumstances(result)}:`, ...tables, absentText(result)].join("\n\n");
}

function held(value: number, limit: number, unit = ""): readonly [limit: string, held: string] {
  return [`at most ${limit}${unit}`, value <= limit ? "met" : "missed"];
}

/** By the names of `COSTS` */
function costs(loads: readonly Load[]): readonly string[] {
  return [
    number(loads, ({ answers, seconds }) => answers / seconds),
    `${number(loads, ({ cpuMicroseconds }) => cpuMicroseconds)} µs`,
    middle(loads, ({ p50Milliseconds }) => p50Milliseconds).toFixed(1),
    middle(loads, ({ p99Milliseconds }) => p99Milliseconds).toFixed(1),
  ];
}

function middle(loads: readonly Load[], of: (load: Load) => number): number {
  return median(loads.map(of));
}

function number(loads: readonly Load[], of: (load: Load) => number): string {
  return Math.round(middle(loads, of)).toLocaleString("en");
}

function range({ lowest, highest }: Ratio): string {
  return `${lowest.toFixed(2)} to ${highest.toFixed(2)}`;
}
