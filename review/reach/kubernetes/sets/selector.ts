import type { JsonObject } from "../../../read/json";
import { blocks, canonical, isOpaque, text, textMap, texts } from "../objects/values";
import { TextValues } from "./text-values";

/** A missing label: no label may have this value */
export const ABSENT = "\u0000";

/** Values that a selector accepts, by label key */
export type Selector = ReadonlyMap<string, TextValues>;

/**
 * A `LabelSelector` as a set. Empty, it takes everything.
 *
 * Source: Kubernetes API, LabelSelector: `NotIn` and `DoesNotExist` accept a missing label.
 */
export function selectorOf(body: JsonObject): Selector {
  const labels = [...textMap(body, "matchLabels")].map(([key, value]) => [key, TextValues.of([value])] as const);
  const expressions = blocks(body, "matchExpressions").map(expressionOf);
  const selector = new Map<string, TextValues>();
  for (const [key, values] of [...labels, ...expressions]) {
    selector.set(key, selector.get(key)?.and(values) ?? values);
  }
  return selector;
}

function expressionOf(expression: JsonObject): readonly [string, TextValues] {
  const key = text(expression, "key") ?? "";
  const values = texts(expression, "values");
  switch (text(expression, "operator")) {
    case "In":
      return [key, TextValues.of(values)];
    case "NotIn":
      return [key, TextValues.except(values)];
    case "Exists":
      return [key, TextValues.except([ABSENT])];
    case "DoesNotExist":
      return [key, TextValues.of([ABSENT])];
    default:
      // A key of its own: such an expression equals itself and decides nothing else.
      return [`\${${canonical(expression)}}`, TextValues.of([`\${${canonical(expression)}}`])];
  }
}

/** Labels of an object; keys that `isKnown` rejects may exist too. */
export interface Labels {
  readonly values: ReadonlyMap<string, string>;
  readonly isKnown: (key: string) => boolean;
}

/** Whether a selector matches; undefined if unknown */
export function takes(selector: Selector, labels: Labels): boolean | undefined {
  let isSure = true;
  for (const [key, values] of selector) {
    const value = labels.values.get(key) ?? (labels.isKnown(key) ? ABSENT : undefined);
    const isTaken = value === undefined ? takesAny(values) : takesValue(values, value);
    if (isTaken === false) return false;
    if (isTaken === undefined) isSure = false;
  }
  return isSure || undefined;
}

function takesAny(values: TextValues): boolean | undefined {
  return values.isEverything ? true : values.isEmpty ? false : undefined;
}

function takesValue(values: TextValues, value: string): boolean | undefined {
  if (!isOpaque(value) && ![...values.listed].some(isOpaque)) return values.has(value);
  return values.has(value) && values.listed.has(value) ? true : value === ABSENT ? values.has(value) : undefined;
}
