/** One quantity on both sides, in several rounds */
export interface Comparison {
  readonly what: string;
  readonly unit: "ms" | "MB";
  readonly ambit: readonly number[];
  readonly plain: readonly number[];
  /** Ratio that is still accepted; undefined where it is only shown */
  readonly limit?: number;
}

export interface Ratio {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

/** Of each round by itself, because both sides of a round ran while the machine was equally busy. */
export function ratioOf({ ambit, plain }: Comparison): Ratio {
  const ratios = ambit.map((value, round) => value / (plain[round] as number));
  return { median: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) };
}

export function isWithin(comparison: Comparison): boolean {
  return comparison.limit === undefined || ratioOf(comparison).median <= comparison.limit;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** Slope of the straight line through the points in log-log space: 1 is linear growth, 2 is quadratic. */
export function exponentOf(points: readonly (readonly [number, number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const mean = (of: 0 | 1): number => logs.reduce((sum, point) => sum + point[of], 0) / logs.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const rise = logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return rise / logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}
