import type { Json } from "../../domain";
import type { Block } from "./block";
import { type ChartText, layersOf } from "./private/chart-texts";
import { oncePer } from "./private/once-per";
import { setOver } from "./private/set-values";
import type { StackJson } from "./stack";
import { type BlockBody, isObject, isReference, UndecidedValue } from "./value";

/** What installs or renders a chart of Helm */
export const CHART_TYPES = ["helm_release", "data.helm_template"] as const;

const TYPES: ReadonlySet<string> = new Set(["helm_release", "helm_template"]);

/** A chart of Helm, with the values that the stack gives it */
export interface Chart {
  /** Without repository and folder, such as `spire` */
  readonly name: string;
  readonly version: string;
  /** Merged as Helm does, with references as they are written */
  readonly values: BlockBody;
  /** The texts of values, as far as they are known */
  readonly texts: readonly ChartText[];
  /** Values that cannot be read, or are known at apply only: defaults of the chart may not hold where there are any. */
  readonly unread: readonly UndecidedValue[];
}

/**
 * The chart of a release; undefined for all else. Values that cannot be read are left out: AMBIT-CREDENTIALS-CHART alone refuses them, so
 * that one of them is one finding.
 */
export function chartOf(block: Block, stack: StackJson): Chart | undefined {
  if (!TYPES.has(block.type)) return undefined;
  const known = chartsIn(stack);
  const before = known.get(block);
  if (before !== undefined) return before;
  const chart = chartIn(block, stack);
  known.set(block, chart);
  return chart;
}

/** Each rule about a program that charts install asks. */
const chartsIn = oncePer<StackJson, WeakMap<Block, Chart>>(() => new WeakMap());

function chartIn(block: Block, stack: StackJson): Chart {
  const { chart, version } = block.body;
  const { layers, texts, unread } = layersOf(block, stack);
  const name = nameIn(typeof chart === "string" ? chart : "");
  const set = setOver(merged(layers), block.body, name);
  return {
    name,
    version: typeof version === "string" ? version : "",
    values: set.values,
    texts,
    unread: [...unread, ...set.unread],
  };
}

/** `oci://registry.example/charts/spire`, `./charts/spire` and `spire-0.30.0.tgz` are the same chart. */
function nameIn(chart: string): string {
  return /([^/]*?)(?:-\d+\.\d+\.\d+[^/]*\.tgz)?\/?$/.exec(chart)?.[1] ?? "";
}

/** A later value takes the place of an earlier one, and `null` of the chart's own. Objects are merged. */
export function merged(layers: readonly BlockBody[]): BlockBody {
  const all = Object.create(null) as Record<string, Json | undefined>;
  for (const layer of layers)
    for (const [name, value] of Object.entries(layer)) {
      const before = all[name];
      all[name] = isObject(value) ? (merged(isObject(before) ? [before, value] : [value]) as Json) : value;
    }
  return all;
}

/** The object at the end of a path of names; an empty one for what is none */
export function objectAlong(values: BlockBody, ...names: readonly string[]): BlockBody {
  return names.reduce<BlockBody>((body, name) => {
    const next = body[name];
    return isObject(next) ? next : {};
  }, values);
}

/** The values that stand in the place of a part along a path of names, where `*` is each, and are known at apply only */
export function unknownAlong(value: Json | undefined, names: readonly string[], at: string): readonly UndecidedValue[] {
  if (typeof value === "string" && isReference(value))
    return [new UndecidedValue(at, value, `${at} is known at apply only`)];
  const [name, ...others] = names;
  if (name === undefined || (!isObject(value) && !Array.isArray(value))) return [];
  return Object.entries(value as BlockBody).flatMap(([key, next]) =>
    name === "*" || name === key
      ? unknownAlong(next, others, Array.isArray(value) ? `${at}[${key}]` : `${at}.${key}`)
      : [],
  );
}

/** Whether a part is switched on, as far as is known: a switch that is known at apply only may be on. */
export function isOn(part: BlockBody, name = "enabled"): boolean {
  const value = part[name] ?? false;
  return value !== false && value !== "false" && value !== "";
}
