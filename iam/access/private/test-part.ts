import { comparedBy, globOf, isNegated, type KeyTest } from "../../conditions/key-test";
import { literalPattern } from "../../sets/literal-pattern";
import type { Part } from "./part-type";
import { TestReading } from "./reading";

export function testPart(test: KeyTest): Part {
  const { name, operator, base, values } = test;
  // On one value, "Not" is the opposite; with IfExists or a set operator, both hold on an absent or empty key.
  const positive = test.quantifier === "one" && !test.ifExists ? base.replace("Not", "") : operator;
  const { reading, widest, globs } = readingsOf(test);
  return {
    dimension: `key ${name}`,
    text: test.text,
    isNegated: isNegated(test),
    reading,
    widest,
    name: `${positive} ${name} ${values.join(", ")}`,
    family: `${positive} ${name}`,
    globs,
    test,
  };
}

function readingsOf(test: KeyTest): Pick<Part, "reading" | "widest" | "globs"> {
  if (test.type !== "opaque") return { reading: new TestReading(test), widest: undefined, globs: [] };
  if (comparedBy(test) !== "text") return { reading: undefined, widest: undefined, globs: [] };
  // Only `${…}` makes it opaque.
  return {
    reading: new TestReading({ ...test, type: "text" }),
    widest: new TestReading(widestTest(test)),
    globs: test.values.map((value) => globOf(test.base, value)),
  };
}

/** Matches everything that `test` can match, for every value of its `${…}`. */
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
