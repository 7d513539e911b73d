const UNITS: ReadonlyMap<string, number> = new Map([
  ["h", 3_600],
  ["m", 60],
  ["s", 1],
  ["ms", 0.001],
  ["us", 0.000_001],
  ["µs", 0.000_001],
  ["ns", 0.000_000_001],
]);

/** A duration as Go writes it, such as `1h30m`; undefined where it is none */
export function seconds(duration: string): number | undefined {
  if (!/^(\d{1,9}(\.\d{1,9})?(h|ms|m|s|us|µs|ns)){1,7}$/.test(duration)) return undefined;
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS.get(unit as string) as number), 0);
}
