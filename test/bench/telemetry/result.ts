import { median, type Ratio } from "../comparison";
import { markdown } from "../report";

export type Side = "off" | "on";
export type Place = "call" | "token";

/** Microseconds of the processor for one of them, in each round */
export type Spent = Readonly<Record<Side, readonly number[]>>;

export interface TelemetryResult extends Readonly<Record<Place, Spent>> {
  readonly machine: string;
  /** Processes that waited for a processor before the bench began (one minute's average) */
  readonly busy: number;
  /** That arrived at the collector */
  readonly spans: number;
}

const NAMES: Readonly<Record<Place, string>> = { token: "a token of the exchange", call: "a call through the gateway" };

/** With a collector over without, per round */
export function ratioOf({ off, on }: Spent): Ratio {
  const ratios = on.map((value, round) => value / (off[round] ?? NaN));
  return { median: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) };
}

export function telemetryRows(result: TelemetryResult): readonly (readonly string[])[] {
  const rows = (["token", "call"] as const).map((place) => {
    const { off, on } = result[place];
    const { median: ratio, lowest, highest } = ratioOf(result[place]);
    const micros = (values: readonly number[]): string => `${Math.round(median(values)).toLocaleString("en")} µs`;
    return [NAMES[place], micros(off), micros(on), ratio.toFixed(2), `${lowest.toFixed(2)} to ${highest.toFixed(2)}`];
  });
  return [["processor time of", "without a collector", "with one", "with / without", "min to max"], ...rows];
}

export function circumstances({ machine, busy, token }: TelemetryResult): string {
  return `${machine}, load average ${busy.toFixed(1)} at the start, ${token.on.length} rounds`;
}

export function telemetryText(result: TelemetryResult): string {
  return `${circumstances(result)}:\n\n${markdown(telemetryRows(result))}`;
}
