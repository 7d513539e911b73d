import { comparedBy, globOf, isNegated, type KeyTest } from "../../conditions/key-test";
import { literalPattern } from "../../sets/literal-pattern";
import type { Part } from "./part";
import { TestReading } from "./reading";

export function testPart(test: KeyTest): Part {
  const { name, operator, base, values } = test;
  // On one value, "Not" is the opposite; with IfExists or a set operator, both hold on an absent or empty key.
  const positive = test.quantifier === "one" && !test.ifExists ? base.replace("Not", "") : operator;
  const part = {
    dimension: `key ${name}`,
    text: test.text,
    isNegated: isNegated(test),
    name: `${positive} ${name} ${values.join(", ")}`,
    family: `${positive} ${name}`,
    test,
  };
  if (test.type !== "opaque") return { ...part, reading: new TestReading(test), globs: [] };
  if (comparedBy(test) !== "text") return { ...part, reading: undefined, globs: [] };
  // Nothing but `${…}` makes it opaque.
  return {
    ...part,
    reading: new TestReading({ ...test, type: "text" }),
    widest: new TestReading(widestTest(test)),
    globs: values.map((value) => globOf(base, value)),
  };
}

/** Matches all that `test` may match, whatever its `${…}` stand for. */
function widestTest(test: KeyTest): KeyTest {
  const { base, operator, values } = test;
  const hasWildcards = !/^String.*Equals/.test(base);
  const widest = values.map((value) =>
    // Up to the last brace: references hold braces of their own.
    (hasWildcards ? value : literalPattern(value)).replace(/\$\{(?![*?$]\}).*\}/s, "*"),
  );
  return {
    ...test,
    base: isNegated(test) ? "StringNotLike" : "StringLike",
    type: "text",
    values: base.endsWith("IgnoreCase") ? ["*"] : widest,
    text: `widest ${operator} ${test.text}`,
  };
}
