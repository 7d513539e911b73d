import type { Json } from "../../../domain";
import { blocksOf, type BlockBody, isObject, listOf } from "../value";

/** In the order in which the provider puts them over one another */
const SETS = ["set", "set_list", "set_sensitive", "set_wo"];

type Node = Record<string, unknown>;

/**
 * What the blocks `set` write, such as `{ name = "server.tls[0].enabled", value = "true" }`
 *
 * @see https://helm.sh/docs/intro/using_helm/#the-format-and-limitations-of---set
 */
export function valuesSet(body: BlockBody): BlockBody {
  const values = Object.create(null) as Node;
  for (const set of SETS)
    for (const each of blocksOf(body, set)) {
      const name = String(each["name"]);
      const written = each["value"] ?? null;
      if (set === "set_list" || typeof written !== "string")
        put(values, name, set === "set_list" ? listOf(written) : written);
      else
        for (const [at, text] of pairsIn(name, written))
          put(values, at, each["type"] === "string" ? text : readAs(text));
    }
  return values as BlockBody;
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

function put(values: Node, name: string, value: Json | readonly Json[]): void {
  const steps = parts(name.replace(/\[(\d+)\]/g, ".$1"), ".").map((step) => step.replace(/\\(.)/g, "$1"));
  let into = values;
  for (const [index, step] of steps.slice(0, -1).entries()) {
    const next = into[step];
    const isListed = /^\d+$/.test(steps[index + 1] ?? "");
    into[step] = isObject(next) || Array.isArray(next) ? next : isListed ? [] : (Object.create(null) as Node);
    into = into[step] as Node;
  }
  into[steps.at(-1) ?? ""] = value;
}
