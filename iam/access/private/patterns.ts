import { list } from "../../private/values";
import type { OneOrMany } from "../../statement";
import type { AccessRequest } from "../access";
import { type Part, textPart } from "./part";
import type { StatementRule } from "./rule";

/** One pattern of a statement, of which a gain is told */
export interface Pattern {
  /** As the statement has it, or in words where it names what is left out */
  readonly text: string;
  /** undefined: the statement as it is. */
  readonly part: Part | undefined;
  matches(request: AccessRequest): boolean;
}

export function patternsOf({ sourced: { statement } }: StatementRule): {
  readonly actions: readonly Pattern[];
  readonly resources: readonly Pattern[];
} {
  return {
    actions: patterns("action", statement.Action, statement.NotAction),
    resources: patterns("resource", statement.Resource, statement.NotResource),
  };
}

function patterns(
  dimension: "action" | "resource",
  named: OneOrMany | undefined,
  excepted: OneOrMany | undefined,
): readonly Pattern[] {
  if (named === undefined) {
    const text = excepted === undefined ? "*" : `everything but ${list(excepted).join(", ")}`;
    return [{ text, part: undefined, matches: () => true }];
  }
  return list(named).map((text) => {
    const part = textPart(dimension, text);
    return { text, part, matches: (request) => part.reading?.matches(request) === true };
  });
}
