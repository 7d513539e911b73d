import { median, type Ratio } from "../comparison";

export type Side = "off" | "on";
export type Place = "call" | "token";

/** Microseconds of the processor for one of them, in each round */
export type Spent = Readonly<Record<Side, readonly number[]>>;

export interface TwoWorldsResult extends Readonly<Record<Place, Spent>> {
  readonly machine: string;
  /** Processes that waited for a processor before the bench began (one minute's average) */
  readonly busy: number;
}

const NAMES: Readonly<Record<Place, string>> = { token: "a token of the exchange", call: "a call through the gateway" };

/** With what is measured over without it, per round */
export function ratioOf({ off, on }: Spent): Ratio {
  const ratios = on.map((value, round) => value / (off[round] ?? NaN));
  return { median: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) };
}

/**
 * @param heads of the columns that show the two sides, such as `without a collector`
 * @param limit of the median ratio; undefined where it is only shown
 */
export function twoWorldsRows(
  result: TwoWorldsResult,
  heads: Readonly<Record<Side, string>>,
  limit?: number,
): readonly (readonly string[])[] {
  const rows = (["token", "call"] as const).map((place) => {
    const { off, on } = result[place];
    const { median: ratio, lowest, highest } = ratioOf(result[place]);
    const micros = (values: readonly number[]): string => `${Math.round(median(values)).toLocaleString("en")} µs`;
    const judged = limit === undefined ? [] : [`at most ${limit}`, ratio <= limit ? "met" : "missed"];
    const scatter = `${lowest.toFixed(2)} to ${highest.toFixed(2)}`;
    return [NAMES[place], micros(off), micros(on), ratio.toFixed(2), scatter, ...judged];
  });
  const judged = limit === undefined ? [] : ["limit", ""];
  return [["processor time of", heads.off, heads.on, "with / without", "min to max", ...judged], ...rows];
}

export function circumstances({ machine, busy, token }: TwoWorldsResult): string {
  return `${machine}, load average ${busy.toFixed(1)} at the start, ${token.on.length} rounds`;
}
