import {
  blocksOf,
  flagOf,
  isReference,
  numberOf,
  textOf,
  textsOf,
  UndecidedValue,
} from "../../../constructs/guardrails/value";

test.each([
  ["${var.a}", true],
  ["a ${aws_kms_key.k.arn}", true],
  ["$${aws:username}", false],
  ["$$${var.a}", true],
  ["$$$${aws:username}", false],
  ["plain $ {text}", false],
])("%s is a reference: %s", (text, expected) => expect(isReference(text)).toBe(expected));

test("values are read as Terraform converts them", () => {
  const body = {
    on: "true",
    off: false,
    size: "3600",
    name: "a",
    names: ["a", "b"],
    block: { a: 1 },
    blocks: [{ a: 1 }],
  };
  expect([flagOf(body, "on"), flagOf(body, "off"), flagOf(body, "none")]).toEqual([true, false, undefined]);
  expect([numberOf(body, "size"), numberOf(body, "none")]).toEqual([3600, undefined]);
  expect([textOf(body, "name"), textOf(body, "none"), textsOf(body, "name"), textsOf(body, "names")]).toEqual([
    "a",
    undefined,
    ["a"],
    ["a", "b"],
  ]);
  expect([blocksOf(body, "block"), blocksOf(body, "blocks"), blocksOf(body, "none")]).toEqual([
    [{ a: 1 }],
    [{ a: 1 }],
    [],
  ]);
});

test.each<[string, () => unknown]>([
  ["a text refers to a variable", () => textOf({ a: "${var.a}" }, "a")],
  ["a text is an object", () => textOf({ a: {} }, "a")],
  ["one of several texts refers to a variable", () => textsOf({ a: ["a", "${var.b}"] }, "a")],
  ["a flag is a word", () => flagOf({ a: "yes" }, "a")],
  ["a number is a word", () => numberOf({ a: "many" }, "a")],
  ["a number is blank", () => numberOf({ a: " " }, "a")],
  ["a block refers to a variable", () => blocksOf({ a: "${var.a}" }, "a")],
  ["blocks are made by a dynamic block", () => blocksOf({ dynamic: { a: { for_each: [], content: {} } } }, "a")],
  ["one of the blocks is made by a dynamic block", () => blocksOf({ a: {}, dynamic: [{ a: { content: {} } }] }, "a")],
])("fails when %s: it cannot be decided", (_, read) => expect(read).toThrow(UndecidedValue));
