import { findDuplicateKey } from "../duplicate-keys";
import { canonical } from "../private/canonical";
import { checkShape } from "../private/check-shape";
import { isRecord, show } from "../private/values";
import type { Statement } from "../statement";
import { unescapeTerraform } from "../variables";

/** A policy from another author: well formed, but free to hold wildcards. */
export interface ParsedPolicy {
  readonly id?: string;
  /** Frozen, with sorted sets, in the order of the text. */
  readonly statements: readonly Statement[];
}

export interface ParseOptions {
  /**
   * Where the text comes from. `terraform`: an attribute in synthesized JSON, where `$${aws:…}` stands for `${aws:…}`.
   *
   * @default "aws"
   */
  readonly from?: "aws" | "terraform";
}

/**
 * Read a policy, or say where it cannot be read: nothing is guessed or skipped.
 *
 * `Statement` may be one object. Booleans and numbers in conditions become strings, as AWS takes them. Terraform
 * references inside values are kept as text.
 *
 * @throws with the place, such as `Statement[1].Condition.StringEquals`
 */
export function parsePolicy(json: string, options: ParseOptions = {}): ParsedPolicy {
  const text = options.from === "terraform" ? unescapeTerraform(json) : json;
  const policy = parseJson(text);
  // Serialized again, a policy that lost a duplicate key is another text.
  const duplicate = JSON.stringify(policy) === text ? undefined : findDuplicateKey(text);
  if (duplicate !== undefined) throw new Error(`${place(duplicate)} is written twice: keep one of them`);
  if (!isRecord(policy)) throw new Error(`policy must be an object, got ${show(policy)}`);

  const { Version, Id, Statement, ...unknown } = policy;
  const [key] = Object.keys(unknown);
  if (key !== undefined) throw new Error(`policy has the unknown key ${show(key)}: write Version, Id or Statement`);
  // The older version, which is also IAM's default, has no policy variables: the same text would mean something else.
  if (Version !== "2012-10-17") throw new Error(`Version must be "2012-10-17", got ${show(Version)}`);
  if (Id !== undefined && typeof Id !== "string") throw new Error(`Id must be a string, got ${show(Id)}`);

  const statements = parseStatements(Statement);
  return Object.freeze(Id === undefined ? { statements } : { id: Id, statements });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`policy must be JSON, got ${show(text)}`);
  }
}

function parseStatements(value: unknown): readonly Statement[] {
  const alone = isRecord(value);
  const values = alone ? [value] : value;
  if (!Array.isArray(values) || values.length === 0) {
    throw new Error(`Statement must hold at least one statement, got ${show(value)}`);
  }
  const sids = new Set<string>();
  const statements = values.map((each: unknown, index) => {
    const place = alone ? "Statement" : `Statement[${index}]`;
    const statement = parseStatement(each, place);
    if (statement.Sid !== undefined && sids.has(statement.Sid)) {
      throw new Error(`${place}.Sid must be unique, got ${statement.Sid} twice`);
    }
    if (statement.Sid !== undefined) sids.add(statement.Sid);
    return statement;
  });
  return Object.freeze(statements);
}

/** By their text: the policies of a fleet share most of their statements. */
const KNOWN = new Map<string, Statement>();
/** Statements that are kept: some megabytes */
const MOST_KNOWN = 5_000;

function parseStatement(written: unknown, place: string): Statement {
  const text = JSON.stringify(written);
  const known = KNOWN.get(text);
  if (known !== undefined) return known;
  const statement = withStrings(written);
  checkShape(statement, place);
  const parsed = canonical(statement);
  if (KNOWN.size >= MOST_KNOWN) KNOWN.clear();
  KNOWN.set(text, parsed);
  return parsed;
}

/** Writes the condition values `true` and `1` as strings; anything else is left for the check to refuse. */
function withStrings(statement: unknown): unknown {
  if (!isRecord(statement) || !isRecord(statement["Condition"])) return statement;
  if (Object.values(statement["Condition"]).every(holdStrings)) return statement;
  return { ...statement, Condition: mapRecord(statement["Condition"], (tests) => mapTests(tests)) };
}

function holdStrings(tests: unknown): boolean {
  return isRecord(tests) && Object.values(tests).every(areStrings);
}

function areStrings(values: unknown): boolean {
  return typeof values === "string" || (Array.isArray(values) && values.every((value) => typeof value === "string"));
}

function mapTests(tests: unknown): unknown {
  if (!isRecord(tests)) return tests;
  return mapRecord(tests, (values) => (Array.isArray(values) ? values.map(asString) : asString(values)));
}

function asString(value: unknown): unknown {
  // A number beyond this has lost digits in JSON.parse.
  if (typeof value === "number" && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return String(value);
  return typeof value === "boolean" ? String(value) : value;
}

function mapRecord(record: Readonly<Record<string, unknown>>, each: (value: unknown) => unknown): unknown {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, each(value)]));
}

/** Such as `Statement[0].Effect` */
function place(path: readonly (string | number)[]): string {
  return path.reduce<string>((text, at) => {
    if (typeof at === "number") return `${text}[${at}]`;
    return text === "" ? at : `${text}.${at}`;
  }, "");
}
