import type { Json } from "../../../domain";
import { type BlockBody, isObject, isReference, type UndecidedValue } from "../value";

type Path = readonly (number | string)[];

/**
 * The body with another value where an unknown one stands, or with none: in one place, which is the nearest to the one that its reader
 * named. Readers name the places of texts within texts in their own way.
 *
 * @returns undefined where the body does not hold the value
 */
export function withInstead(
  body: BlockBody,
  unknown: UndecidedValue,
  tried: string | undefined,
): BlockBody | undefined {
  const { at, value } = unknown;
  const places = [...placesOf(body as Json, value, [])];
  const [place] = NEARNESS.flatMap((isNear) => places.filter((path) => isNear(textOf(path), at)));
  return place && (changedAt(body as Json, place, (json) => instead(json, value, tried)) as BlockBody);
}

/** From the place itself to any that holds the value */
const NEARNESS: readonly ((place: string, at: string) => boolean)[] = [
  (place, at) => place === at,
  (place, at) => withoutIndexes(place) === withoutIndexes(at),
  (place, at) => lastName(place) === lastName(at),
  () => true,
];

function textOf(path: Path): string {
  return path
    .map((each) => (typeof each === "number" ? `[${each}]` : `.${each}`))
    .join("")
    .slice(1);
}

function withoutIndexes(place: string): string {
  return place.replace(/\[\d+\]/g, "");
}

function lastName(place: string): string {
  return withoutIndexes(place).replace(/^.*\./, "");
}

function* placesOf(json: Json | undefined, value: Json, path: Path): Generator<Path> {
  if (json === value || isWithin(json, value)) yield path;
  else if (Array.isArray(json))
    for (const [index, each] of (json as readonly Json[]).entries()) yield* placesOf(each, value, [...path, index]);
  else if (isObject(json))
    for (const [name, each] of Object.entries(json)) yield* placesOf(each, value, [...path, name]);
}

/** A text that holds the expression, such as a configuration */
function isWithin(json: Json | undefined, value: Json): boolean {
  return typeof json === "string" && typeof value === "string" && isReference(value) && json.includes(value);
}

function instead(json: Json | undefined, value: Json, tried: string | undefined): Json | undefined {
  return isWithin(json, value) && json !== value
    ? (json as string).replaceAll(value as string, () => tried ?? "")
    : tried;
}

/** All that does not lie on the path stays the same object: other unknown values are found by it. */
function changedAt(
  json: Json | undefined,
  [step, ...rest]: Path,
  change: (json: Json | undefined) => Json | undefined,
): Json | undefined {
  if (step === undefined) return change(json);
  const entries = Object.entries(json as BlockBody).map(([name, each]) =>
    name === String(step) ? ([name, changedAt(each, rest, change)] as const) : ([name, each] as const),
  );
  const kept = entries.filter(([, each]) => each !== undefined);
  return Array.isArray(json) ? kept.map(([, each]) => each as Json) : (Object.fromEntries(kept) as Json);
}
