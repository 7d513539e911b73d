import { keyLines, STEP } from "../../../governance/lint/key-lines";

const lineOf = (text: string, ...path: readonly string[]): number | undefined => keyLines(text).get(path.join(STEP));

test("each key has the line on which it stands", () => {
  const text = JSON.stringify({ resource: { aws_x: { a: { b: 1 }, c: {} } }, output: { d: {} } }, undefined, 2);
  expect([...keyLines(text)].map(([key, line]) => [key.split(STEP).join("."), line])).toEqual([
    ["resource", 2],
    ["resource.aws_x", 3],
    ["resource.aws_x.a", 4],
    ["resource.aws_x.a.b", 5],
    ["resource.aws_x.c", 7],
    ["output", 10],
    ["output.d", 11],
  ]);
});

/** What a text has before the key `c` within `b`, and the line of that key */
const TEXTS: readonly (readonly [string, string, number])[] = [
  ["a value that looks like keys", '{"a":"{\\"b\\":{\\"c\\":[",\n"b":{"c":1}}', 2],
  ["a value that ends in a backslash", '{"a":"x\\\\",\n"b":\n{"c":1}}', 3],
  ["a value that is a key's name", '{"a":["b","c"],"b":{\n"a":"c",\n"c":1}}', 3],
  ["lists around the key", '{"b":[{"a":1},\n[{\n"c":1}]]}', 3],
  ["a line end between key and colon", '{"a":{},"b"\n:\n{\n"c"\n:1}}', 4],
  ["many blanks before its colon", `{"a":1,\n"b"${" ".repeat(500)}:{\n"c"${"\t".repeat(200)}:1}}`, 3],
  ["line ends of Windows", '{"a":1,\r\n"b":{\r\n"c":1}}', 3],
  ["the key written by an escape", '{"\\u0062":\n{"\\u0063":1}}', 2],
];

test.each(TEXTS)("a key is found behind %s", (_, text, line) => {
  expect(() => JSON.parse(text) as unknown).not.toThrow();
  expect(lineOf(text, "b", "c")).toBe(line);
});

test("of two with one path the first counts, and what is nested deeper than blocks is not kept", () => {
  expect(lineOf('{"a":[{"b":1},\n{"b":2}]}', "a", "b")).toBe(1);
  const deep = '{"a":{"b":{"c":{"d":{"e":{"f":1}}}}}}';
  expect(lineOf(deep, "a", "b", "c", "d", "e")).toBe(1);
  expect(keyLines(deep).size).toBe(5);
});

test("fails to find a key that is not there", () => {
  expect(lineOf('{"a":{"b":1}}', "b")).toBeUndefined();
  expect(lineOf('{"a":{"b":1},"c":1}', "a", "c")).toBeUndefined();
});
