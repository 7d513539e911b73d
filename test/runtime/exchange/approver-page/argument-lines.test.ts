import { argumentLines } from "../../../../runtime/exchange/approver-page/view/argument-lines";
import type { Value } from "../../../../runtime/json";

type Arguments = { readonly [name: string]: Value };

function told(args: Arguments, before?: Arguments): readonly string[] {
  return argumentLines(args, before).map(
    ({ depth, name, text, change, was }) =>
      `${" ".repeat(depth)}${name}: ${text}${change === undefined ? "" : ` (${change})`}${was === undefined ? "" : ` was ${was}`}`,
  );
}

test("each member has a line, those within it behind it", () => {
  expect(told({ a: 1, b: { c: ["x", null] }, d: [] })).toEqual([
    "a: 1",
    "b: 1 member",
    " c: 2 entries",
    "  1: x",
    "  2: null",
    "d: empty",
  ]);
});

test.each<[string, Arguments, Arguments, readonly string[]]>([
  ["the same", { a: 1, b: "x" }, { a: 1, b: "x" }, ["a: 1 (same)", "b: x (same)"]],
  ["another value", { a: 2 }, { a: 1 }, ["a: 2 (changed) was 1"]],
  ["a text in place of a number", { a: "1" }, { a: 1 }, ["a: 1 (changed) was 1"]],
  ["a member more", { a: 1, b: 2 }, { a: 1 }, ["a: 1 (same)", "b: 2 (new)"]],
  ["a member less", { a: 1 }, { a: 1, b: { c: 2 } }, ["a: 1 (same)", 'b: {"c":2} (gone)']],
  ["nothing in place of something", { a: null }, { a: 0 }, ["a: null (changed) was 0"]],
  ["a list in place of an object", { a: [1] }, { a: { 1: 1 } }, ['a: 1 entry (changed) was {"1":1}', " 1: 1 (new)"]],
  ["an entry more in a list", { a: [1, 2] }, { a: [1] }, ["a: 2 entries", " 1: 1 (same)", " 2: 2 (new)"]],
  ["an entry less in a list", { a: [1] }, { a: [1, 2] }, ["a: 1 entry", " 1: 1 (same)", " 2: 2 (gone)"]],
  [
    "a change deep within",
    { a: { b: [{ c: 1 }] } },
    { a: { b: [{ c: 2 }] } },
    ["a: 1 member", " b: 1 entry", "  1: 1 member", "   c: 1 (changed) was 2"],
  ],
  ["a name that every object has", { constructor: 1 }, {}, ["constructor: 1 (new)"]],
])("compared with before, there is %s", (_, args, before, lines) => {
  expect(told(args, before)).toEqual(lines);
});

test("a member that every object has, and the one before had not, is new", () => {
  expect(told(JSON.parse('{"__proto__": 1}') as Arguments, {})).toEqual(["__proto__: 1 (new)"]);
});
