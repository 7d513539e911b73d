import type { Json } from "../../../domain";
import { blocksOf, type BlockBody, isObject, isReference, listOf, UndecidedValue } from "../value";

/** In the order in which the provider puts them over one another */
const SETS = ["set", "set_list", "set_sensitive", "set_wo"];

type Node = Record<string, unknown>;

/** Helm refuses an index that is greater. @see https://github.com/helm/helm/blob/main/pkg/strvals/parser.go */
const GREATEST_INDEX = 65_536;

/** Values with those that blocks `set` write over them, and the blocks that cannot be read */
export interface SetValues {
  readonly values: BlockBody;
  readonly unread: readonly UndecidedValue[];
}

/**
 * What the blocks `set` write, such as `{ name = "server.tls[0].enabled", value = "true" }`, over the values of texts: an index is one of
 * the list that they have
 *
 * @see https://helm.sh/docs/intro/using_helm/#the-format-and-limitations-of---set
 */
export function setOver(before: BlockBody, body: BlockBody, chart: string): SetValues {
  const values = copied(before as Json) as unknown as Node;
  const unread: UndecidedValue[] = [];
  for (const set of SETS)
    for (const each of knownOr(unread, () => blocksOf(body, set)))
      knownOr(unread, () => {
        write(values, set, each, chart);
        return [];
      });
  return { values: values as BlockBody, unread };
}

function knownOr<T>(unread: UndecidedValue[], read: () => readonly T[]): readonly T[] {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UndecidedValue)) throw error;
    unread.push(error);
    return [];
  }
}

function write(values: Node, set: string, each: BlockBody, chart: string): void {
  const name = String(each["name"]);
  const written = each["value"] ?? null;
  const pairs: Iterable<readonly [string, Json | readonly Json[]]> =
    set === "set_list"
      ? [[name, listOf(written)]]
      : typeof written !== "string"
        ? [[name, written]]
        : [...pairsIn(name, written)].map(([at, text]) => [at, each["type"] === "string" ? text : readAs(text)]);
  for (const [at, value] of pairs) put(values, stepsIn(at, set, chart), value, set);
}

/** Lists and objects are written over in place. */
function copied(value: Json | undefined): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(copied);
  if (!isObject(value)) return value ?? null;
  const copy = Object.create(null) as Node;
  for (const [name, each] of Object.entries(value)) copy[name] = copied(each);
  return copy as Json;
}

/** Helm reads `name=value` as one text, so that a comma in the value begins another name. */
function* pairsIn(name: string, value: string): Generator<readonly [string, string]> {
  const [first = "", ...others] = parts(value, ",");
  yield [name, first];
  for (const other of others) {
    const [at = "", ...rest] = parts(other, "=");
    if (rest.length > 0) yield [at.trim(), rest.join("=")];
  }
}

function readAs(text: string): Json {
  const list = /^\{(.*)\}$/s.exec(text);
  if (list !== null) return list[1] === "" ? [] : parts(list[1] ?? "", ",").map(readAs);
  if (text === "null") return null;
  return text === "true" || text === "false" ? text === "true" : text.replace(/\\(.)/gs, "$1");
}

/** What stands between separators; one that is escaped or within braces is none. */
function parts(text: string, separator: string): readonly string[] {
  const found = [""];
  let depth = 0;
  for (const [piece] of text.matchAll(/\\.|[^]/g)) {
    if (piece === "{") depth++;
    if (piece === "}") depth--;
    if (piece === separator && depth <= 0) found.push("");
    else found[found.length - 1] += piece;
  }
  return found;
}

/** @throws UndecidedValue for a name that may be one of a program that guardrails read */
function stepsIn(name: string, set: string, chart: string): readonly string[] {
  const steps = parts(name.replace(/\[(\d+)\]/g, ".$1"), ".");
  const unknown = steps.findIndex((step) => isReference(step));
  const mayBeRead = /\b(?:spire|opa|gatekeeper)\b/.test([chart, ...steps.slice(0, unknown)].join("/"));
  if (unknown === 0 || (unknown > 0 && mayBeRead))
    throw new UndecidedValue(set, name, `the name of ${set} is known at apply only`);
  return steps.map((step) => step.replace(/\\(.)/g, "$1"));
}

/** @throws UndecidedValue where Helm refuses the name, or the list that it is in is known at apply only */
function put(values: Node, steps: readonly string[], value: Json | readonly Json[], set: string): void {
  let into = values;
  for (const [index, step] of steps.entries()) {
    if (Array.isArray(into) && !(/^\d{1,5}$/.test(step) && Number(step) <= GREATEST_INDEX))
      throw new UndecidedValue(set, steps.join("."), `${set} names no index of a list that Helm takes`);
    if (index === steps.length - 1) {
      into[step] = value;
      return;
    }
    const next = into[step];
    if (typeof next === "string" && isReference(next))
      throw new UndecidedValue(set, next, `${set} writes into a value that is known at apply only`);
    const isListed = /^\d+$/.test(steps[index + 1] ?? "");
    into[step] = isObject(next) || Array.isArray(next) ? next : isListed ? [] : (Object.create(null) as Node);
    into = into[step] as Node;
  }
}
