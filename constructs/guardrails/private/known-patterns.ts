import type { Json } from "../../../domain";
import { type Condition, type Principal, type Statement, valuesOf } from "../../../iam";
import type { StackJson } from "../stack";
import { hasDirective, UndecidedValue } from "../value";
import { isOfOneToken } from "./token-trusts";
import { readsWildcard } from "./written-at";

/** A variable of IAM, such as `${aws:username}` */
const VARIABLE = /^(?:[*?$]|[A-Za-z0-9-]+:[\w/.:=+@-]+(?:,\s*'[^']*')?)$/;

/** Names, attributes and indexes alone: no literal, no operator, no call of a function */
const TRAVERSAL = /^[A-Za-z_][\w-]*(?:\.[\w*-]+|\[(?:\d+|\*|"[^"]*"|count\.index|each\.key)\])+$/;

/** What gives any text: a wildcard too */
const ANY_TEXT = /^(?:data\.(?:aws_arn|external|http)|each|local|module|path|self|terraform|terraform_data|var)\./;

/** Attributes of resources that name one thing. Others, such as `tags` and `description`, and the value of a parameter, are any text. */
const NAMING =
  /(?:^|[._])(?:account|arns?|bucket|cidr_blocks?|ids?|identifiers?|ips?|issuer|name|region|url)(?:\[[^\]]*\])?$/;

/**
 * What the statements name by an expression that may be anything: a rule that looks for `*` would not see it there. A name that another
 * resource has is known.
 *
 * @returns one for each action with an expression, for each expression that computes, and for each that stands for any whole text
 */
export function unknownPatterns(
  statements: readonly Statement[],
  at: string,
  stack: StackJson,
): readonly UndecidedValue[] {
  return statements.flatMap((statement, index) => {
    // Most statements have no expression, and looking for one value by value is slow.
    const text = JSON.stringify(statement);
    if (!text.includes("${") && !text.includes("%{")) return [];
    const place = `${at}.Statement[${index}]`;
    const unknown: UndecidedValue[] = [];
    for (const name of ["Action", "NotAction"] as const)
      for (const text of valuesOf(statement[name]))
        if (referencesIn(text).length > 0 || hasDirective(text)) unknown.push(unknownAt(`${place}.${name}`, text));
    const isOfToken = isOfOneToken(statement);
    for (const [name, texts] of namesIn(statement))
      for (const text of texts) {
        if (!isAnyText(text, stack) || (name === "Principal" && isOfToken)) continue;
        unknown.push(unknownAt(`${place}.${name}`, text, name === "Principal" ? NAME_IT : ""));
      }
    return unknown;
  });
}

function namesIn(statement: Statement): readonly (readonly [string, readonly string[]])[] {
  const { Resource, NotResource, Principal, NotPrincipal, Condition } = statement;
  return [
    ["Resource", valuesOf(Resource)],
    ["NotResource", valuesOf(NotResource)],
    ["Principal", principalsIn(Principal)],
    ["NotPrincipal", principalsIn(NotPrincipal)],
    ["Condition", testedIn(Condition)],
  ];
}

function principalsIn(principal: Principal | undefined): readonly string[] {
  if (principal === undefined) return [];
  return principal === "*" ? [principal] : Object.values(principal).flatMap((each) => valuesOf(each));
}

function testedIn(condition: Condition | undefined): readonly string[] {
  return Object.entries(condition ?? {}).flatMap(([operator, tests]) =>
    Object.entries(tests).flatMap(([key, values]) =>
      isOneNetworkOrOrganisation(operator, key) ? [] : valuesOf(values),
    ),
  );
}

/** StringEquals knows no wildcard, so that any text is one network or one organisation. */
function isOneNetworkOrOrganisation(operator: string, key: string): boolean {
  return operator === "StringEquals" && /^aws:(?:PrincipalOrgID|SourceVpce?)$/i.test(key);
}

function isAnyText(text: string, stack: StackJson): boolean {
  const references = referencesIn(text);
  if (hasDirective(text) || references.some((each) => !TRAVERSAL.test(each))) return true;
  if (references.some((each) => readsWildcard(each, stack))) return true;
  const [whole = ""] = references;
  return references.length === 1 && text === `\${${whole}}` && (ANY_TEXT.test(whole) || !NAMING.test(whole));
}

const NO_REFERENCES: readonly string[] = [];

/** The expressions in a text, without their braces */
function referencesIn(text: string): readonly string[] {
  if (!text.includes("${")) return NO_REFERENCES;
  return [...text.matchAll(/\$\{([^{}]*)\}?/g)]
    .map(([, inner]) => (inner as string).trim())
    .filter((each) => !VARIABLE.test(each));
}

const NAME_IT = ": name it, or test aud and sub of its issuer by StringEquals, with one value each";

function unknownAt(at: string, text: Json, instead = ""): UndecidedValue {
  return new UndecidedValue(at, text, `${at} is known at apply only${instead}`);
}
