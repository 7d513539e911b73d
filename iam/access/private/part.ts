import { keyTests, type KeyTest } from "../../conditions/key-test";
import { list } from "../../private/values";
import { Glob, type GlobKind } from "../../sets/glob";
import type { OneOrMany, Statement } from "../../statement";
import type { AccessRequest } from "../access";
import { principalPatterns } from "./principals";
import { GlobReading, type Reading } from "./reading";
import { testPart } from "./test-part";

/**
 * One thing that a statement asks of one dimension of a request: its action, its principal, one condition key.
 *
 * Written in full, in this order, wherever one is made: what is looked at so often is quicker to read if all are alike.
 */
export interface Part {
  /** `action`, `resource`, `principal`, or `key` with the name of a condition key */
  readonly dimension: string;
  /** Equal for equal parts */
  readonly text: string;
  /** It holds where its readings do not match. */
  readonly isNegated: boolean;
  /** Where it names what nobody knows, each `${…}` taken for a name of its own; undefined: nothing is known of it. */
  readonly reading: Reading | undefined;
  /** Each `${…}` taken for any text; undefined where the other reading is all there is. */
  readonly widest: Reading | undefined;
  /** What is compared, in words; parts with equal names match the same. */
  readonly name: string;
  /** For `${…}`: parts of one family match more the more globs they have. */
  readonly family: string;
  readonly globs: readonly Glob[];
  /** Of a condition key */
  readonly test: KeyTest | undefined;
}

const DIMENSIONS = {
  action: { kind: "action", textOf: ({ action }: AccessRequest) => action },
  resource: { kind: "arn", textOf: ({ resource }: AccessRequest) => resource },
  principal: { kind: "text", textOf: ({ principal = "*" }: AccessRequest) => principal },
} as const satisfies Readonly<Record<string, { kind: GlobKind; textOf: (request: AccessRequest) => string }>>;

export function partsOf(statement: Statement): readonly Part[] {
  const { Action, NotAction, Resource, NotResource, Principal, NotPrincipal, Condition } = statement;
  return [
    ...(Action === undefined ? [] : [textPart("action", Action)]),
    ...(NotAction === undefined ? [] : [textPart("action", NotAction, true)]),
    ...(Resource === undefined ? [] : [textPart("resource", Resource)]),
    ...(NotResource === undefined ? [] : [textPart("resource", NotResource, true)]),
    ...(Principal === undefined ? [] : [textPart("principal", principalPatterns(Principal))]),
    ...(NotPrincipal === undefined ? [] : [textPart("principal", principalPatterns(NotPrincipal), true)]),
    ...keyTests(Condition).map(testPart),
  ];
}

/** One of `patterns`, or with `isNegated` none of them. */
export function textPart(dimension: keyof typeof DIMENSIONS, patterns: OneOrMany, isNegated = false): Part {
  const { kind, textOf } = DIMENSIONS[dimension];
  const written = list(patterns).map((pattern) => (kind === "action" ? pattern.toLowerCase() : pattern));
  const distinct = [...new Set(written)].sort();
  const globs = distinct.map((pattern) => Glob.of(pattern, kind));
  const name = `${dimension} ${distinct.join(", ")}`;
  return {
    dimension,
    text: `${isNegated ? "not " : ""}${dimension} ${JSON.stringify(distinct)}`,
    isNegated,
    reading: new GlobReading(
      textOf,
      list(patterns).map((pattern) => Glob.of(pattern, kind)),
    ),
    widest: globs.some(({ isOpaque }) => isOpaque)
      ? new GlobReading(
          textOf,
          globs.map((glob) => glob.widest),
        )
      : undefined,
    name,
    family: dimension,
    globs,
    test: undefined,
  };
}
