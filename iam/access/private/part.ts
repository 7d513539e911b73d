import type { OneOrMany } from "../../condition";
import { keyTests } from "../../conditions/key-test";
import { list } from "../../private/values";
import { Glob, type GlobKind } from "../../sets/glob";
import type { Statement } from "../../statement";
import type { AccessRequest } from "../access";
import type { Part } from "./part-type";
import { principalPatterns } from "./principals";
import { GlobReading } from "./reading";
import { testPart } from "./test-part";

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
