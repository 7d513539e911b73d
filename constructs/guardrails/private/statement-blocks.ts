import type { Json } from "../../../domain";
import type { OneOrMany, Principal, Statement } from "../../../iam";
import { blocksOf, type BlockBody, textOf, textsOf, UndecidedValue } from "../value";

/** What of a document can be read, and what cannot */
export interface DocumentStatements {
  readonly statements: readonly Statement[];
  readonly undecided: readonly UndecidedValue[];
}

/**
 * The statements of the data source `aws_iam_policy_document`. It may join other documents, or have values that are known at apply only.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
 */
export function statementsOf(body: BlockBody, at: string): DocumentStatements {
  const undecided: UndecidedValue[] = [];
  for (const joined of ["source_policy_documents", "override_policy_documents", "dynamic"]) {
    if ((body[joined] ?? null) !== null)
      undecided.push(new UndecidedValue(at, body[joined] ?? null, `${at} joins other documents`));
  }
  const written = Array.isArray(body["statement"]) ? (body["statement"] as readonly Json[]) : [body["statement"]];
  const statements = written.flatMap((each, index) => {
    try {
      return blocksOf({ statement: each }, "statement", at).map((block) =>
        statement(block, `${at}.statement[${index}]`),
      );
    } catch (error) {
      if (!(error instanceof UndecidedValue)) throw error;
      undecided.push(error);
      return [];
    }
  });
  return { statements, undecided };
}

function statement(block: BlockBody, at: string): Statement {
  const sid = textOf(block, "sid", `${at}.sid`);
  const effect = textOf(block, "effect", `${at}.effect`) ?? "Allow";
  if (effect !== "Allow" && effect !== "Deny")
    throw new UndecidedValue(`${at}.effect`, effect, `${at}.effect is no effect`);
  const texts = (name: string): OneOrMany | undefined => {
    const list = patternsOf(block, name, `${at}.${name}`);
    return list.length === 0 ? undefined : list;
  };
  const principal = (name: string): Principal | undefined => principalsOf(block, name, `${at}.${name}`);
  const parts = {
    Sid: sid === "" ? undefined : sid,
    Action: texts("actions"),
    NotAction: texts("not_actions"),
    Resource: texts("resources"),
    NotResource: texts("not_resources"),
    Principal: principal("principals"),
    NotPrincipal: principal("not_principals"),
    Condition: conditionsOf(block, `${at}.condition`),
  };
  const given = Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
  return { Effect: effect, ...given };
}

/** A resource that refers to another is one resource, whose name is known at apply: it is no wildcard. */
function patternsOf(block: BlockBody, name: string, at: string): readonly string[] {
  const value = block[name] ?? null;
  if (value === null) return [];
  if (typeof value === "string") return [value.replaceAll("&{", "${")];
  if (!Array.isArray(value)) return textsOf(block, name, at);
  return (value as readonly unknown[]).map((each, index) => {
    if (typeof each !== "string") throw new UndecidedValue(`${at}[${index}]`, value, `${at}[${index}] is no text`);
    return each.replaceAll("&{", "${");
  });
}

function principalsOf(block: BlockBody, name: string, at: string): Principal | undefined {
  const types = new Map<string, string[]>();
  for (const each of blocksOf(block, name, at)) {
    const type = textOf(each, "type", `${at}.type`) ?? "";
    types.set(type, [...(types.get(type) ?? []), ...patternsOf(each, "identifiers", `${at}.identifiers`)]);
  }
  if (types.size === 0) return undefined;
  return types.get("*")?.includes("*") === true ? "*" : Object.fromEntries(types);
}

function conditionsOf(block: BlockBody, at: string): Statement["Condition"] {
  const tests: Record<string, Record<string, OneOrMany>> = {};
  for (const each of blocksOf(block, "condition", at)) {
    const test = textOf(each, "test", `${at}.test`) ?? "";
    const variable = keyIn(each, at);
    const keys = (tests[test] ??= {});
    keys[variable] = [keys[variable] ?? [], patternsOf(each, "values", `${at}.values`)].flat();
  }
  return Object.keys(tests).length === 0 ? undefined : tests;
}

/**
 * A claim of an issuer, whose address is an expression. A key that no request has is not equal to anything, and begins as no other key does:
 * such a condition narrows, and hides nothing.
 */
const CLAIM = /^(?:[^$]|\$(?!\{))*\$\{[^{}]*\}[^${}]*:(?:aud|sub)$/;

function keyIn(condition: BlockBody, at: string): string {
  const { variable } = condition;
  if (typeof variable === "string" && CLAIM.test(variable)) return variable;
  return textOf(condition, "variable", `${at}.variable`) ?? "";
}
