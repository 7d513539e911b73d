import { parsePolicy, type Statement } from "../../iam";
import { splitTemplateForm } from "./expression/template-form";
import { isObject, type Json, type JsonObject, member, show } from "./json";
import { strictJsonValue } from "./folder/strict-json";
import type { Estate, Resource } from "./resource";

export type PolicyRead =
  | { readonly statements: readonly Statement[]; readonly id?: string }
  /** Why it cannot be read */
  | { readonly unknown: string };

/** Anywhere in the text: without it the policy needs a closer look */
const CURRENT = /"Version"\s*:\s*"2012-10-17"/;
const BRACED = /^\$\{([^{}]*)\}/;
/** A variable of the request, or one of the escaped characters `*`, `?` and `$` */
const VARIABLE = /:|^[*?$]$/;

/**
 * The policy in an attribute, in any encoding.
 *
 * @param attribute such as `policy`, or `inline_policy.0.policy`
 */
export function policyIn(resource: Resource, attribute: string, estate: Estate): PolicyRead {
  const value = at(resource.values, attribute.split(".")) ?? estate.attribute(resource, attribute);
  if (typeof value !== "string") return { unknown: `the policy must be text, got ${show(value)}` };
  const parts = splitTemplateForm(value);
  const [only] = parts;
  if (parts.length === 1 && typeof only === "object") {
    return {
      unknown: `the policy is \${${only.symbol}}, which is known only after apply, or cannot be read here`,
    };
  }
  const literals = parts.filter((part) => typeof part === "string");
  const problem = literals.map(unreadableVariable).find((each) => each !== undefined);
  if (problem !== undefined) return { unknown: problem };
  const text = parts.map((part) => (typeof part === "string" ? part : `\${${part.symbol}}`)).join("");
  try {
    return parsePolicy(withVersion(text, literals));
  } catch (error) {
    return { unknown: (error as Error).message };
  }
}

/** A block that occurs once may be written as an object, which is its own first element. */
function at(value: Json, path: readonly string[]): Json | undefined {
  let current: Json | undefined = value;
  for (const key of path) {
    if (Array.isArray(current)) current = (current as readonly Json[])[Number(key)];
    else if (isObject(current)) current = key === "0" && !Object.hasOwn(current, key) ? current : member(current, key);
    else return undefined;
  }
  return current ?? undefined;
}

/** `${` that is neither a reference nor a variable that IAM accepts */
function unreadableVariable(literal: string): string | undefined {
  for (let start = literal.indexOf("${"); start >= 0; start = literal.indexOf("${", start + 2)) {
    const rest = literal.slice(start, start + 1000);
    if (!VARIABLE.test(BRACED.exec(rest)?.[1] ?? ""))
      return `the policy holds ${show(rest.slice(0, 60))}, which is no policy variable`;
  }
  return undefined;
}

/** The older version, which is also the default, differs only in having no policy variables. */
function withVersion(text: string, literals: readonly string[]): string {
  if (CURRENT.test(text)) return text;
  const policy = strictJsonValue(text);
  if (!isObject(policy)) return text;
  const version = member(policy, "Version");
  if (version !== undefined && version !== "2008-10-17") return text;
  if (literals.some((literal) => literal.includes("${"))) {
    throw new Error(`a policy of Version "2008-10-17" has no policy variables: write "2012-10-17"`);
  }
  return JSON.stringify({ ...policy, Version: "2012-10-17" } satisfies JsonObject);
}
