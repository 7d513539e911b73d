import type { Json } from "../../domain";
import { isWholeReference } from "./config-texts";
import type { Block } from "./block";
import { documentsIn } from "./private/documents";
import { encodedIn } from "./private/encoded";
import { oncePer } from "./private/once-per";
import { valuesSet } from "./private/set-values";
import { type BlockBody, isObject, listOf } from "./value";

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
}

/**
 * The chart of a release; undefined for all else. A text of values that is known at apply only is left out: AMBIT-CREDENTIALS-CHART alone
 * refuses it, so that one unread text is one finding.
 *
 * @throws UndecidedValue for values that are no YAML
 */
export function chartOf(block: Block): Chart | undefined {
  return TYPES.has(block.type) ? chartIn(block) : undefined;
}

const chartIn = oncePer(({ body }: Block): Chart => {
  const { chart, version } = body;
  const texts = listOf(body["values"]).flatMap((written, index) => valuesIn(written, `values[${index}]`));
  return {
    name: nameIn(typeof chart === "string" ? chart : ""),
    version: typeof version === "string" ? version : "",
    values: merged([...texts, valuesSet(body)]),
  };
});

/** `oci://registry.example/charts/spire`, `./charts/spire` and `spire-0.30.0.tgz` are the same chart. */
function nameIn(chart: string): string {
  return /([^/]*?)(?:-\d+\.\d+\.\d+[^/]*\.tgz)?\/?$/.exec(chart)?.[1] ?? "";
}

function valuesIn(written: Json, at: string): readonly BlockBody[] {
  if (typeof written !== "string") return [];
  const encoded = encodedIn(written);
  if (encoded !== undefined) return isObject(encoded) ? [encoded] : [];
  return isWholeReference(written) ? [] : documentsIn(written, at);
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
export function valuesAt(values: BlockBody, ...names: readonly string[]): BlockBody {
  return names.reduce<BlockBody>((body, name) => {
    const next = body[name];
    return isObject(next) ? next : {};
  }, values);
}

/** Whether a part is switched on, as far as is known: a switch that is known at apply only may be on. */
export function isOn(part: BlockBody, name = "enabled"): boolean {
  const value = part[name] ?? false;
  return value !== false && value !== "false" && value !== "";
}
