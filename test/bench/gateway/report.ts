import { median } from "../comparison";
import { markdown } from "../report";
import { CALLERS, type Load } from "./load";
import { AMBIT, failures, type GatewayResult, LIMITS, overAllow } from "./result";

type Rows = readonly (readonly string[])[];

export function gatewayRows(result: GatewayResult): Rows {
  const ratio = overAllow(result);
  const held = ratio.median <= LIMITS.overAllow ? "met" : "missed";
  const compared = [ratio.median.toFixed(2), range(ratio), `at most ${LIMITS.overAllow}`, held];
  const rows = Object.entries(result.loads).map(([name, loads]) => [
    name,
    number(loads, ({ answers, seconds }) => answers / seconds),
    `${number(loads, ({ cpuMicroseconds }) => cpuMicroseconds)} µs`,
    middle(loads, ({ p50Milliseconds }) => p50Milliseconds).toFixed(1),
    middle(loads, ({ p99Milliseconds }) => p99Milliseconds).toFixed(1),
    ...(name === AMBIT ? compared : ["", "", "", ""]),
  ]);
  return [
    [
      "",
      "per second",
      "processor, a call",
      "p50, ms",
      "p99, ms",
      "over the one that always allows",
      "min to max",
      "limit",
      "",
    ],
    ...rows,
  ];
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
  return `${circumstances(result)}:\n\n${markdown(gatewayRows(result))}`;
}

function middle(loads: readonly Load[], of: (load: Load) => number): number {
  return median(loads.map(of));
}

function number(loads: readonly Load[], of: (load: Load) => number): string {
  return Math.round(middle(loads, of)).toLocaleString("en");
}

function range({ lowest, highest }: { readonly lowest: number; readonly highest: number }): string {
  return `${lowest.toFixed(2)} to ${highest.toFixed(2)}`;
}
