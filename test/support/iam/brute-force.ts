import type { OneOrMany, Principal, Statement } from "../../../iam";
import { globMatches, valueMatches } from "./brute-force-values";

/*
 * IAM's rules once more, as plainly as they can be written: one request, every statement in turn, regular expressions.
 * The oracle of iam/sets, iam/conditions and iam/access, of which it shares nothing. Slow on purpose.
 */

export interface PlainRequest {
  readonly action: string;
  readonly resource: string;
  readonly principal?: string;
  readonly keys: Readonly<Record<string, readonly string[]>>;
}

export interface PlainAccess {
  readonly paths: readonly { readonly layers: readonly { readonly statements: readonly Sourced[] }[] }[];
  readonly denies?: readonly Sourced[];
}

interface Sourced {
  readonly statement: Statement;
}

/**
 * Which names with an unknown part, such as `resource ${aws_s3_bucket.a.arn}/*`, are read as `*` there.
 *
 * Where they are not, an unknown part is one letter that only itself and `*` match.
 */
export type Assumed = (name: string) => boolean;

const nothingAssumed: Assumed = () => false;

export function allows(access: PlainAccess, request: PlainRequest, assumed = nothingAssumed): boolean {
  const applies = ({ statement }: Sourced): boolean => statementMatches(statement, request, assumed);
  const everything = access.paths.flatMap(({ layers }) => layers.flatMap(({ statements }) => statements));
  const denies = [...everything.filter(({ statement }) => statement.Effect === "Deny"), ...(access.denies ?? [])];
  if (denies.some(applies)) return false;
  return access.paths.some(
    ({ layers }) =>
      layers.length > 0 &&
      layers.every(({ statements }) => statements.some((each) => each.statement.Effect === "Allow" && applies(each))),
  );
}

export const list = (values: OneOrMany = []): readonly string[] => (typeof values === "string" ? [values] : values);

export function statementMatches(statement: Statement, request: PlainRequest, assumed: Assumed): boolean {
  const { Action, NotAction, Resource, NotResource, Principal, NotPrincipal, Condition = {} } = statement;
  const isAction = (values: OneOrMany): boolean =>
    list(values).some((value) => globMatches("action", value, request.action, false));
  const isResource = (values: OneOrMany): boolean => anyMatches("resource", "arn", list(values), request.resource);
  const anyMatches = (of: string, kind: "arn" | "text", values: readonly string[], text: string): boolean =>
    values.some((value) => globMatches(kind, value, text, false)) ||
    (hasUnknown(values) &&
      assumed(`${of} ${nameOf(values)}`) &&
      values.some((value) => globMatches(kind, value, text, true)));
  const isPrincipal = (values: Principal): boolean =>
    anyMatches("principal", "text", principalPatterns(values), request.principal ?? "*");

  if (Action !== undefined && !isAction(Action)) return false;
  if (NotAction !== undefined && isAction(NotAction)) return false;
  if (Resource !== undefined && !isResource(Resource)) return false;
  if (NotResource !== undefined && isResource(NotResource)) return false;
  if (Principal !== undefined && !isPrincipal(Principal)) return false;
  if (NotPrincipal !== undefined && isPrincipal(NotPrincipal)) return false;
  return Object.entries(Condition).every(([operator, tests]) =>
    Object.entries(tests).every(([key, values]) => testHolds(operator, key, list(values), request, assumed)),
  );
}

const hasUnknown = (values: readonly string[]): boolean => values.some((value) => value.includes("${"));

const nameOf = (values: readonly string[]): string => [...new Set(values)].sort().join(", ");

/** Patterns of `type:name`. Every principal is `*`; an account is all its roles, users and sessions; a role has sessions. */
function principalPatterns(principal: Principal): readonly string[] {
  if (principal === "*") return ["*"];
  return Object.entries(principal).flatMap(([type, values]) =>
    list(values).flatMap((value) => {
      const literal = `${type}:${value.replace(/[*]/g, "${*}").replace(/\?/g, "${?}")}`;
      if (type !== "AWS") return [literal];
      if (value === "*") return ["*"];
      if (/^\d{12}$/.test(value)) return [`AWS:arn:*:iam::${value}:*`, `AWS:arn:*:sts::${value}:*`];
      const [, partition, account, rest] = /^arn:([^:]*):iam::((?:\$\{[^}]*\}|[^:])*):(.*)$/.exec(value) ?? [];
      if (rest === "root") return [`AWS:arn:${partition}:iam::${account}:*`, `AWS:arn:${partition}:sts::${account}:*`];
      if (rest === undefined || !rest.startsWith("role/")) return [literal];
      const name = rest.split("/").at(-1);
      return [literal, `AWS:arn:${partition}:sts::${account}:assumed-role/${name}/*`];
    }),
  );
}

function testHolds(
  operator: string,
  key: string,
  patterns: readonly string[],
  request: PlainRequest,
  assumed: Assumed,
): boolean {
  const entry = Object.entries(request.keys).find(([name]) => name.toLowerCase() === key.toLowerCase());
  const values = entry?.[1];
  if (operator === "Null")
    return patterns.some((pattern) => (pattern.toLowerCase() === "true") === (values === undefined));

  const quantifier = /^(ForAllValues|ForAnyValue):/.exec(operator)?.[1];
  const ifExists = operator.endsWith("IfExists");
  const base = operator.replace(/^.*:/, "").replace(/IfExists$/, "");
  const positive = base.replace("Not", "");
  const negated = base !== positive;
  const wide =
    hasUnknown(patterns) && assumed(`${operator.replace("Not", "")} ${key.toLowerCase()} ${nameOf(patterns)}`);
  const passes = (value: string): boolean =>
    patterns.some((pattern) => valueMatches(positive, pattern, value, wide)) !== negated;

  if (values === undefined) return quantifier === "ForAllValues" || (quantifier === undefined && negated) || ifExists;
  return quantifier === "ForAllValues" ? values.every(passes) : values.some(passes);
}
