import { median, type Ratio } from "../comparison";
import { CALLERS, type Load } from "../gateway/load";
import { markdown } from "../report";
import {
  ALLOW,
  AMBIT,
  ENVOY,
  failures,
  FLEETS,
  flatness,
  LIMITS,
  overAllow,
  overEnvoy,
  type WaysInResult,
} from "./result";

type Rows = readonly (readonly string[])[];

const SIDES = [ENVOY, ALLOW, AMBIT] as const;

/** What a request costs by each way */
export function sideRows(result: WaysInResult): Rows {
  const rows = Object.entries(result.loads).map(([name, loads]) => {
    const over = overEnvoy(result, name);
    return [
      name,
      number(loads, ({ answers, seconds }) => answers / seconds),
      micros(loads, ({ cpuMicroseconds }) => cpuMicroseconds),
      middle(loads, ({ p50Milliseconds }) => p50Milliseconds).toFixed(1),
      middle(loads, ({ p99Milliseconds }) => p99Milliseconds).toFixed(1),
      ...(name === ENVOY ? ["", ""] : [over.median.toFixed(2), range(over)]),
    ];
  });
  return [["", "per second", "processor, a request", "p50, ms", "p99, ms", "over Envoy alone", "min to max"], ...rows];
}

/** In which process it is spent */
export function processRows({ loads, processes }: WaysInResult): Rows {
  const names = processes[AMBIT] ?? [];
  const cell = (side: string, name: string): string => {
    const place = processes[side]?.indexOf(name) ?? -1;
    return place < 0 ? "" : micros(loads[side] ?? [], ({ byProcess }) => byProcess[place] ?? NaN);
  };
  return [["processor, a request", ...SIDES], ...names.map((name) => [name, ...SIDES.map((side) => cell(side, name))])];
}

/** What has a limit */
export function limitRows(result: WaysInResult): Rows {
  const { loadedSeconds, addedSeconds, envoyBytes, isEnvoyChanged } = result.routes;
  const [over, allow, flat, failed] = [overEnvoy(result), overAllow(result), flatness(result), failures(result)];
  const large = FLEETS.large.toLocaleString("en");
  const most = LIMITS.loadedSeconds;
  return [
    ["", "", "min to max", "limit", ""],
    ["processor, over Envoy alone", over.median.toFixed(2), range(over), ...held(over.median, LIMITS.overEnvoy)],
    ["processor, over the chain that always allows", allow.median.toFixed(2), range(allow), "", ""],
    [
      `processor, ${large} agents over ${FLEETS.small}`,
      flat.median.toFixed(2),
      range(flat),
      ...held(flat.median, LIMITS.flat),
    ],
    [`${large} agents' routes are there`, `${loadedSeconds.toFixed(1)} s`, "", ...held(loadedSeconds, most, " s")],
    ["one more is there", `${addedSeconds.toFixed(1)} s`, "", ...held(addedSeconds, most, " s")],
    [
      "Envoy's configuration with one more",
      isEnvoyChanged ? "another" : `the same ${envoyBytes.toLocaleString("en")} bytes`,
      "",
      "the same",
      isEnvoyChanged ? "missed" : "met",
    ],
    ["requests that failed", `${failed}`, "", ...held(failed, 0)],
  ];
}

export const TABLES = [sideRows, processRows, limitRows] as const;

/** Under which the figures were measured */
export function circumstances(result: WaysInResult): string {
  const { machine, busy, loads } = result;
  const [first] = loads[AMBIT] ?? [];
  const size = `${loads[AMBIT]?.length ?? 0} rounds of ${(first?.answers ?? 0).toLocaleString("en")} requests`;
  return `${machine}, load average ${busy.toFixed(1)} at the start, ${size} over ${CALLERS} connections, ${failures(result)} failed`;
}

export function waysInText(result: WaysInResult): string {
  return [`${circumstances(result)}:`, ...TABLES.map((rows) => markdown(rows(result)))].join("\n\n");
}

function held(value: number, limit: number, unit = ""): readonly [limit: string, held: string] {
  return [`at most ${limit}${unit}`, value <= limit ? "met" : "missed"];
}

function middle(loads: readonly Load[], of: (load: Load) => number): number {
  return median(loads.map(of));
}

function number(loads: readonly Load[], of: (load: Load) => number): string {
  return Math.round(middle(loads, of)).toLocaleString("en");
}

function micros(loads: readonly Load[], of: (load: Load) => number): string {
  return `${number(loads, of)} µs`;
}

function range({ lowest, highest }: Ratio): string {
  return `${lowest.toFixed(2)} to ${highest.toFixed(2)}`;
}
