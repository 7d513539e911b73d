import type { Statement } from "../../statement";
import type { Access, AccessRequest, SourcedStatement } from "../access";
import { type Part, partsOf } from "./part";

/** A statement as what it asks of a request: it applies where all its parts hold. */
export interface Rule {
  /** Equal for statements that apply to the same requests for the same reasons; the effect is not in it. */
  readonly text: string;
  readonly parts: readonly Part[];
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

const READ = new WeakMap<Statement, Rule>();

function ruleOf(statement: Statement): Rule {
  const known = READ.get(statement);
  if (known !== undefined) return known;
  const rule = ruleWith(partsOf(statement));
  READ.set(statement, rule);
  return rule;
}

export function ruleWith(parts: readonly Part[]): Rule {
  return {
    parts,
    text: parts
      .map(({ text }) => text)
      .sort()
      .join("\n"),
  };
}

export function rulesOf({ paths, denies = [] }: Access): Rules {
  const everywhere = paths.flatMap(({ layers }) => layers.flatMap(({ statements }) => statements));
  const rules = (statements: readonly SourcedStatement[], effect: Statement["Effect"]): readonly StatementRule[] =>
    statements
      .filter(({ statement }) => statement.Effect === effect)
      .map((sourced) => ({ ...ruleOf(sourced.statement), sourced }));
  return {
    paths: paths.map(({ name, layers }) => ({
      name,
      layers: layers.map(({ statements }) => rules(statements, "Allow")),
    })),
    denies: rules([...everywhere, ...denies], "Deny"),
  };
}

/** Whether `part` holds for one request; undefined where that depends on what nobody knows. */
export function partHolds({ reading, widest, isNegated }: Part, request: AccessRequest): boolean | undefined {
  const matches = reading?.matches(request);
  if (matches === undefined) return undefined;
  // What `${…}` stand for can only add to what is matched.
  if (!matches && widest !== undefined && widest.matches(request) !== false) return undefined;
  return matches !== isNegated;
}
