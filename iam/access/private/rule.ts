import type { Statement } from "../../statement";
import type { Access, AccessRequest, SourcedStatement } from "../access";
import { partsOf } from "./part";
import type { Part } from "./part-type";

/** A statement as what it asks of a request: it applies where all its parts hold. */
export interface Rule {
  /** Equal for statements that apply to the same requests for the same reasons; the effect is not in it. */
  readonly text: string;
  readonly parts: readonly Part[];
  /** The parts that some requests do not meet */
  readonly telling: readonly Part[];
  /** Their dimensions, as bits; two dimensions may share one. */
  readonly about: number;
  /** Whether some `${…}` or test of it is not known */
  readonly hasUnknown: boolean;
  /** The dimensions whose keys it takes to hold several values */
  readonly severalValued: readonly string[];
  /** The parts that compare values on a scale */
  readonly scaled: readonly Part[];
}

export interface StatementRule extends Rule {
  readonly sourced: SourcedStatement;
}

export interface Rules {
  readonly paths: readonly RulePath[];
  /** Every Deny, wherever it stands */
  readonly denies: readonly StatementRule[];
}

export interface RulePath {
  readonly name: string;
  /** The Allows of each layer */
  readonly layers: readonly (readonly StatementRule[])[];
}

/** A memo on frozen values */
const READ = new WeakMap<Statement, Rule>();

function ruleOf(statement: Statement): Rule {
  const known = READ.get(statement);
  if (known !== undefined) return known;
  const rule = ruleWith(partsOf(statement));
  READ.set(statement, rule);
  return rule;
}

export function ruleWith(parts: readonly Part[]): Rule {
  const telling = parts.filter((part) => !isAlwaysTrue(part));
  return {
    parts,
    telling,
    text: parts
      .map(({ text }) => text)
      .sort()
      .join("\n"),
    about: telling.reduce((bits, { dimension }) => bits | bitOf(dimension), 0),
    hasUnknown: parts.some(({ reading, widest }) => reading === undefined || widest !== undefined),
    severalValued: parts
      .filter(({ test }) => test !== undefined && test.quantifier !== "one")
      .map(({ dimension }) => dimension),
    scaled: parts.filter(({ test, reading }) => test !== undefined && test.type !== "text" && reading !== undefined),
  };
}

function isAlwaysTrue({ isNegated, test, globs }: Part): boolean {
  return !isNegated && test === undefined && globs.some(({ isAnything }) => isAnything);
}

/** Property by property: an access has many rules, and a generic copy is slow. */
function ruleFrom(sourced: SourcedStatement): StatementRule {
  const { text, parts, telling, about, hasUnknown, severalValued, scaled } = ruleOf(sourced.statement);
  return { text, parts, telling, about, hasUnknown, severalValued, scaled, sourced };
}

/** One of 31: the sign stands for what is not looked at yet. */
function bitOf(dimension: string): number {
  let sum = 0;
  for (let at = 0; at < dimension.length; at++) sum = (31 * sum + dimension.charCodeAt(at)) >>> 0;
  return 1 << (sum % 31);
}

export function rulesOf({ paths, denies = [] }: Access): Rules {
  const everywhere = paths.flatMap(({ layers }) => layers.flatMap(({ statements }) => statements));
  const rules = (statements: readonly SourcedStatement[], effect: Statement["Effect"]): readonly StatementRule[] =>
    statements.filter(({ statement }) => statement.Effect === effect).map((sourced) => ruleFrom(sourced));
  return {
    paths: paths.map(({ name, layers }) => ({
      name,
      layers: layers.map(({ statements }) => rules(statements, "Allow")),
    })),
    denies: rules([...everywhere, ...denies], "Deny"),
  };
}

/** Whether all parts hold for one request; undefined if that depends on unknowns. */
export function ruleApplies({ parts }: Rule, request: AccessRequest): boolean | undefined {
  let applies: true | undefined = true;
  for (const part of parts) {
    const holds = partHolds(part, request);
    if (holds === false) return false;
    if (holds === undefined) applies = undefined;
  }
  return applies;
}

/** Whether `part` holds for one request; undefined if that depends on unknowns. */
export function partHolds({ reading, widest, isNegated }: Part, request: AccessRequest): boolean | undefined {
  const matches = reading?.matches(request);
  if (matches === undefined) return undefined;
  // What `${…}` stand for can only add to what is matched.
  if (!matches && widest !== undefined && widest.matches(request) !== false) return undefined;
  return matches !== isNegated;
}
