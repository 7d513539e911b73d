import type { Json } from "../../../domain";
import { type Condition, type Principal, type Statement, valuesOf } from "../../../iam";
import { hasDirective, UndecidedValue } from "../value";

/** A variable of IAM, such as `${aws:username}` */
const VARIABLE = /^(?:[*?$]|[A-Za-z0-9-]+:[\w/.:=+@-]+(?:,\s*'[^']*')?)$/;

/** Names, attributes and indexes alone: no literal, no operator, no call of a function */
const TRAVERSAL = /^[A-Za-z_][\w-]*(?:\.[\w*-]+|\[(?:\d+|\*|"[^"]*"|count\.index|each\.key)\])+$/;

/** What gives any text: a wildcard too */
const ANY_TEXT = /^(?:each|local|module|path|self|terraform|terraform_data|var)\./;

/**
 * What the statements name by an expression that may be anything: a rule that looks for `*` would not see it there. A name that another
 * resource has is known.
 *
 * @returns one for each action with an expression, for each expression that computes, and for each that stands for any whole text
 */
export function unknownPatterns(statements: readonly Statement[], at: string): readonly UndecidedValue[] {
  return statements.flatMap((statement, index) => {
    // Most statements have no expression, and looking for one value by value is slow.
    if (!/[$%]\{/.test(JSON.stringify(statement))) return [];
    const place = `${at}.Statement[${index}]`;
    const unknown: UndecidedValue[] = [];
    for (const name of ["Action", "NotAction"] as const)
      for (const text of valuesOf(statement[name]))
        if (referencesIn(text).length > 0 || hasDirective(text)) unknown.push(unknownAt(`${place}.${name}`, text));
    for (const [name, texts] of namesIn(statement))
      for (const text of texts) if (isAnyText(text)) unknown.push(unknownAt(`${place}.${name}`, text));
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
  return Object.values(condition ?? {}).flatMap((tests) => Object.values(tests).flatMap((each) => valuesOf(each)));
}

function isAnyText(text: string): boolean {
  const references = referencesIn(text);
  if (hasDirective(text) || references.some((each) => !TRAVERSAL.test(each))) return true;
  return references.length === 1 && text === `\${${references[0] as string}}` && ANY_TEXT.test(references[0] as string);
}

const NO_REFERENCES: readonly string[] = [];

/** The expressions in a text, without their braces */
function referencesIn(text: string): readonly string[] {
  if (!text.includes("${")) return NO_REFERENCES;
  return [...text.matchAll(/\$\{([^{}]*)\}?/g)]
    .map(([, inner]) => (inner as string).trim())
    .filter((each) => !VARIABLE.test(each));
}

function unknownAt(at: string, text: Json): UndecidedValue {
  return new UndecidedValue(at, text, `${at} is known at apply only`);
}
