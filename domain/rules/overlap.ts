import { AwsDataset, BucketDataset, type Dataset, SecretDataset } from "../dataset";
import { refuse, shown } from "../errors";
import type { Tool } from "../tool";

/**
 * One place is one dataset: with two names it would have two sensitivities, and access to one would be access to the
 * other.
 */
export function placesAreDistinct(datasets: readonly Dataset[]): void {
  const inAws = datasets.filter((dataset) => dataset instanceof AwsDataset);
  for (const [dataset, other] of related(inAws, pathOf)) {
    const sentence = overlapOf(dataset, other);
    if (sentence !== undefined) refuse("dataset.overlap", dataset.where, sentence);
  }
}

/** One address is one tool: otherwise the gateway could not attribute a request to one of them. */
export function addressesAreDistinct(tools: readonly Tool[]): void {
  for (const [tool, other] of related(tools, ({ url }) => `${url}/`)) {
    const fix = "one address is one tool: declare their actions in one, or part the addresses";
    refuse("tool.overlap", tool.where, `url ${tool.url} overlaps with ${other.url} of ${other.where}: ${fix}`);
  }
}

function pathOf(dataset: AwsDataset): string {
  return `${placeOf(dataset)}/${dataset instanceof BucketDataset ? dataset.prefix : ""}`;
}

function placeOf(dataset: AwsDataset): string {
  if (dataset instanceof BucketDataset) return `bucket ${shown(dataset.bucket)}`;
  if (dataset instanceof SecretDataset) return `secret ${shown(dataset.secret)}`;
  return `table ${shown((dataset as AwsDataset & { readonly table: string }).table)}`;
}

/** @param other a dataset in the same part of the bucket, or in the table or secret of the same name */
function overlapOf(dataset: AwsDataset, other: AwsDataset): string | undefined {
  const place = placeOf(dataset);
  const one = "one place is one dataset: declare it once and import it";
  if (dataset instanceof BucketDataset && other instanceof BucketDataset) {
    const prefixes = `${shown(dataset.prefix)} and ${shown(other.prefix)}`;
    return `it overlaps with ${other.where} in ${place} (${prefixes}): ${one}, or part the prefixes`;
  }
  if (dataset.account === other.account) return `it is the same ${place} as ${other.where}: ${one}`;
  if (dataset.account !== undefined && other.account !== undefined) return undefined;
  const sentence = `it may be the same ${place} as ${other.where}, and only one of them names its account`;
  return `${sentence}: write account in both, or declare it once and import it`;
}

/**
 * Each thing with each one before it whose path is its own, above it or below it; every path ends in a slash.
 *
 * Looks paths up instead of comparing all pairs: a fleet may have thousands of datasets in one bucket.
 */
function related<T>(things: readonly T[], pathOf: (thing: T) => string): readonly (readonly [T, T])[] {
  const at = new Map<string, number[]>();
  const below = new Map<string, number[]>();
  return things.flatMap((thing, index) => {
    const path = pathOf(thing);
    const above = pathsAbove(path);
    const others = [...[path, ...above].flatMap((place) => at.get(place) ?? []), ...(below.get(path) ?? [])];
    add(at, path, index);
    for (const place of above) add(below, place, index);
    return others.sort((a, b) => a - b).map((other) => [thing, things[other] as T] as const);
  });
}

/** `a/` and `a/b/` of `a/b/c/` */
function pathsAbove(path: string): readonly string[] {
  return [...path.slice(0, -1).matchAll(/\//g)].map(({ index }) => path.slice(0, index + 1));
}

function add(groups: Map<string, number[]>, key: string, index: number): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [index]);
  else group.push(index);
}
