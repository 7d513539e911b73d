import type { Budget } from "../expression/budget";
import { decodeJson, encodeJson } from "../expression/value-text";
import { isObjectValue, isText, type ObjectValue, Unknown, type Value } from "../expression/value";
import { listOf, Problem, statementOf } from "./statement-block";

/** Arguments with policies to merge into the document: the oldest name takes a single policy. */
const SOURCES = ["source_json", "source_policy_documents"];
const OVERRIDES = ["override_policy_documents", "override_json"];

const STATEMENT_KEYS = new Set([
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
]);

/**
 * The JSON of an `aws_iam_policy_document`, as the provider builds it.
 *
 * Source: terraform-provider-aws, internal/service/iam/policy_document_data_source.go and policy_model.go.
 *
 * @param argument gives the value of an argument; undefined if it is not set
 */
export function policyDocument(
  argument: (name: string) => Value | undefined,
  budget: Budget,
): { readonly json: Value } | { readonly unknown: string } {
  try {
    if (argument("dynamic") !== undefined) throw new Problem("it has dynamic blocks");
    const merged = new Merged();
    const sources = documents(argument, SOURCES);
    requireUniqueSids(sources.flatMap(({ statements }) => statements));
    for (const source of sources) merged.add(source);
    const statements = listOf(argument("statement"), "statement").map(statementOf);
    requireUniqueSids(statements);
    merged.add({
      version: plain(argument("version") ?? "2012-10-17", "version"),
      id: plain(argument("policy_id") ?? "", "policy_id"),
      statements,
    });
    for (const override of documents(argument, OVERRIDES)) merged.add(override);
    return { json: encodeJson(merged.value, budget) };
  } catch (error) {
    if (error instanceof Problem) return { unknown: error.message };
    throw error;
  }
}

interface PolicyDocumentPart {
  readonly version: string;
  readonly id: string;
  readonly statements: readonly ObjectValue[];
}

/** A statement replaces an earlier one with the same Sid. */
class Merged {
  private version = "";
  private id = "";
  private readonly statements: ObjectValue[] = [];

  public add({ version, id, statements }: PolicyDocumentPart): void {
    if (version > this.version) this.version = version;
    if (id !== "") this.id = id;
    const places = new Map(this.statements.map((statement, index) => [sidOf(statement), index]));
    for (const statement of statements) {
      const sid = sidOf(statement);
      const place = sid === "" ? undefined : places.get(sid);
      if (place === undefined) places.set(sid, this.statements.push(statement) - 1);
      else this.statements[place] = statement;
    }
  }

  public get value(): Value {
    return { Version: this.version, ...(this.id !== "" && { Id: this.id }), Statement: this.statements };
  }
}

function documents(
  argument: (name: string) => Value | undefined,
  names: readonly string[],
): readonly PolicyDocumentPart[] {
  const given = names.filter((name) => {
    const value = argument(name);
    return value !== undefined && value !== "";
  });
  if (given.length > 1) throw new Problem(`it has both ${given.join(" and ")}`);
  return given.flatMap((name) => {
    const value = argument(name) as Value;
    return (name.endsWith("_json") ? [value] : listOf(value, name)).flatMap((each) =>
      each === null ? [] : part(each, name),
    );
  });
}

function part(text: Value, name: string): PolicyDocumentPart {
  const policy = isText(text) ? decodeJson(text) : undefined;
  if (!isObjectValue(policy)) throw new Problem(`${name} holds what is no readable JSON`);
  const { Version = "", Id = "", Statement = [], ...others } = policy;
  const statements = Array.isArray(Statement) ? (Statement as readonly Value[]) : [undefined];
  if (Object.keys(others).length > 0 || !statements.every(isStatement)) {
    throw new Problem(`${name} holds a policy that the provider may read otherwise`);
  }
  return { version: plain(Version, "Version"), id: plain(Id, "Id"), statements: statements.map(rewritten) };
}

function isStatement(value: Value | undefined): value is ObjectValue {
  return (
    isObjectValue(value) && Object.keys(value).every((key) => STATEMENT_KEYS.has(key)) && hasPlainConditions(value)
  );
}

/** The provider drops conditions with numbers. */
function hasPlainConditions({ Condition = {} }: ObjectValue): boolean {
  if (!isObjectValue(Condition)) return false;
  return Object.values(Condition).every(
    (tests) =>
      isObjectValue(tests) &&
      Object.values(tests).every((values) =>
        Array.isArray(values)
          ? values.every((each: Value) => isText(each) || each instanceof Unknown)
          : typeof values !== "number",
      ),
  );
}

/** The provider treats any text in place of a principal as `*`. */
function rewritten(statement: ObjectValue): ObjectValue {
  const anyPrincipal = (key: string): ObjectValue => (isText(statement[key] ?? null) ? { [key]: "*" } : {});
  return { ...statement, ...anyPrincipal("Principal"), ...anyPrincipal("NotPrincipal") };
}

function requireUniqueSids(statements: readonly ObjectValue[]): void {
  const seen = new Set<string>();
  for (const statement of statements) {
    const sid = sidOf(statement);
    if (sid !== "" && seen.has(sid)) throw new Problem(`two statements have the Sid ${sid}`);
    seen.add(sid);
  }
}

function sidOf({ Sid = "" }: ObjectValue): string {
  return plain(Sid, "Sid");
}

function plain(value: Value, name: string): string {
  if (typeof value !== "string") throw new Problem(`${name} is not known`);
  return value;
}
