import type { OneOrMany } from "../../condition";
import { list } from "../../private/values";
import type { AccessRequest } from "../access";
import { textPart } from "./part";
import type { Part } from "./part-type";
import type { StatementRule } from "./rule";

/** `pattern`: as the statement has it, `*` where it names none. `rest`: all that NotAction or NotResource leaves. `several`: more patterns than are told apart */
export type PatternKind = "pattern" | "rest" | "several";

/** One pattern of a statement, for reports of gains */
export interface Pattern {
  readonly kind: PatternKind;
  /** As the statement has it; in words for another kind */
  readonly text: string;
  /** undefined: the statement as it is. */
  readonly part: Part | undefined;
  matches(request: AccessRequest): boolean;
  /** The only action that the pattern matches, as it is written */
  readonly action?: string;
}

/** Pairs of patterns of one statement that are told apart; in a longer one, the resources count together. */
const MOST_PAIRS = 1000;

export function patternsOf({ sourced: { statement } }: StatementRule): {
  readonly actions: readonly Pattern[];
  readonly resources: readonly Pattern[];
} {
  const actions = patterns("action", statement.Action, statement.NotAction);
  const resources = patterns("resource", statement.Resource, statement.NotResource);
  if (actions.length * resources.length <= MOST_PAIRS) return { actions, resources };
  return { actions: actions.length <= MOST_PAIRS ? actions : together(actions), resources: together(resources) };
}

function patterns(
  dimension: "action" | "resource",
  named: OneOrMany | undefined,
  excepted: OneOrMany | undefined,
): readonly Pattern[] {
  if (named === undefined) {
    return [
      excepted === undefined ? whole("pattern", "*") : whole("rest", `everything but ${list(excepted).join(", ")}`),
    ];
  }
  return list(named).map((text) => {
    const part = textPart(dimension, text);
    return {
      kind: "pattern",
      text,
      part,
      matches: (request) => part.reading?.matches(request) === true,
      ...(dimension === "action" && part.globs.every(({ isLiteral }) => isLiteral) && { action: text }),
    };
  });
}

function together(given: readonly Pattern[]): readonly Pattern[] {
  const [first] = given;
  return first === undefined || given.length === 1
    ? given
    : [whole("several", `${first.text} and ${given.length - 1} more`)];
}

function whole(kind: PatternKind, text: string): Pattern {
  return { kind, text, part: undefined, matches: () => true };
}
