import Ajv2020, { type ErrorObject, type ValidateFunction } from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { costlyPart } from "../../../domain/rules/schema-cost";
import { isRecord } from "../../../domain/is-record";
import type { JsonSchema } from "../../../domain";
import type { Value } from "../../json";
import { folded } from "../../member-names";

/** What arguments must be, ready to be asked */
export interface Schema {
  /** What is wrong with the value, in a sentence; undefined if it is valid */
  problemOf(value: Value): string | undefined;
}

/**
 * A JSON Schema of draft 2020-12. It fills in, changes and fetches nothing.
 *
 * @throws Error if the schema is invalid
 */
export function schemaOf(schema: JsonSchema, what: string): Schema {
  // Synth refuses both; a registry that was signed without it must not stop all agents.
  const costly = costlyPart(schema);
  if (costly !== undefined) throw new Error(`the schema of ${what} could take long to check: ${costly}`);
  if (JSON.stringify(schema).includes('"$async"')) throw new Error(`the schema of ${what} must have no $async`);
  const ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: true, ownProperties: true });
  addFormats(ajv);
  const validate = ajv.compile(schema);
  const names = namesIn(schema);
  const byFold = new Map([...names].map((name) => [folded(name), name] as const));
  return {
    problemOf: (value) => {
      const odd = otherCaseIn(value, names, byFold);
      if (odd !== undefined) return `${what} has the member ${odd.written}, and the schema has ${odd.declared}`;
      return validate(value) ? undefined : `${what} ${told(validate)}`;
    },
  };
}

function told({ errors }: ValidateFunction): string {
  const [first] = errors ?? [];
  if (first === undefined) return "does not satisfy the schema";
  const { instancePath, message = "does not satisfy the schema" } = first;
  return `${instancePath === "" ? "" : `${instancePath} `}${message}${detailOf(first)}`;
}

function detailOf({ keyword, params }: ErrorObject): string {
  if (keyword === "additionalProperties")
    return `: ${JSON.stringify((params as { additionalProperty: string }).additionalProperty)}`;
  return "";
}

/** Names of members that the schema names, at any depth */
function namesIn(schema: unknown): ReadonlySet<string> {
  const found = new Set<string>();
  const walk = (at: unknown): void => {
    if (Array.isArray(at)) at.forEach(walk);
    if (!isRecord(at)) return;
    for (const [key, value] of Object.entries(at)) {
      if (key === "properties" && isRecord(value)) for (const name of Object.keys(value)) found.add(name);
      if (key === "required" && Array.isArray(value))
        value.forEach((name) => typeof name === "string" && found.add(name));
      walk(value);
    }
  };
  walk(schema);
  return found;
}

/** A member that differs only in case from one of the schema, so that some tools take it for that one */
function otherCaseIn(
  value: Value,
  names: ReadonlySet<string>,
  byFold: ReadonlyMap<string, string>,
): { readonly written: string; readonly declared: string } | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  for (const [name, each] of Object.entries(value)) {
    const declared = names.has(name) ? undefined : byFold.get(folded(name));
    if (declared !== undefined) return { written: JSON.stringify(name), declared: JSON.stringify(declared) };
    const below = otherCaseIn(each as Value, names, byFold);
    if (below !== undefined) return below;
  }
  return undefined;
}
