import fc from "fast-check";
import { DEEPEST_JSON, strictJson, strictJsonObject } from "../../../runtime/jose/json";
import { depth } from "../../support/depth";

const read = (text: string) => strictJson(Buffer.from(text));

describe("JSON with one meaning is read", () => {
  test.each([
    ["{}", {}],
    ["[]", []],
    [' { "a" : [ 1 , -2.5e3 , true , false , null ] } ', { a: [1, -2_500, true, false, null] }],
    ['{"a":{"a":1},"b":{"a":1}}', { a: { a: 1 }, b: { a: 1 } }],
    ['[{"a":1},{"a":1}]', [{ a: 1 }, { a: 1 }]],
    ['{"a":"a","b":"b: {[\\"a\\":"}', { a: "a", b: 'b: {["a":' }],
    ['{"a":"\\\\","b":"\\\\\\""}', { a: "\\", b: '\\"' }],
    ['{"a":"1e999"}', { a: "1e999" }],
    ['{"a":"\\ud83d\\ude00"}', { a: "\u{1f600}" }],
    ['{"a":["a","a"]}', { a: ["a", "a"] }],
    ["[[[[[[[[]]]]]]]]", [[[[[[[[]]]]]]]]],
    ['"text"', "text"],
  ])("%s", (text, value) => {
    expect(read(text)).toEqual(value);
  });

  test("a member called __proto__ is a member", () => {
    const value = read('{"__proto__":{"a":1}}') as object;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.keys(value)).toEqual(["__proto__"]);
  });
});

describe("JSON fails when it is", () => {
  test.each([
    ["an object with a member twice", '{"a":1,"a":1}'],
    ["one with a member twice, far apart", '{"a":1,"b":{"c":[{}]},"a":1}'],
    ["one with an escaped member twice", '{"a":1,"\\u0061":1}'],
    ["one with an empty name twice", '{"":1,"":1}'],
    ["one with a space in front of a colon", '{"a" :1,"a"\n:1}'],
    ["one inside with a member twice", '[{"b":{"a":1,"a":1}}]'],
    ["one with a member twice behind a list", '{"a":[[],{}],"a":1}'],
    ["nine lists deep", "[[[[[[[[[]]]]]]]]]"],
    ["nine deep on the way", '{"a":[[[[[[[[]]]]]]]],"b":1}'],
    ["infinite", '{"a":1e999}'],
    ["infinite downwards", '{"a":-1e999}'],
    ["half a character", '{"a":"\\ud83d"}'],
    ["the other half", '{"\\ude00":1}'],
    ["two halves in the wrong order", '{"a":"\\ude00\\ud83d"}'],
    ["with a byte order mark", "\ufeff{}"],
    ["nothing", ""],
    ["not JSON", "{a:1}"],
  ])("%s", (_, text) => {
    expect(read(text)).toBeUndefined();
  });

  test("no UTF-8", () => {
    expect(strictJson(Buffer.from([0x22, 0xff, 0x22]))).toBeUndefined();
    expect(strictJson(Buffer.from([0x22, 0xc0, 0x80, 0x22]))).toBeUndefined();
  });

  test.each(["[]", "null", '"a"', "1", "true"])("%s where an object is wanted", (text) => {
    expect(strictJsonObject(Buffer.from(text))).toBeUndefined();
    expect(strictJsonObject(Buffer.from(`{"a":${text}}`))).toBeDefined();
  });
});

const depthOf = (value: unknown): number =>
  typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

test("what JSON.stringify writes is read back, unless it is too deep", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 10 }), (value) => {
      const text = JSON.stringify(value);
      const whole = !/\\u[dD][89a-fA-F]/.test(text);
      expect(read(text)).toEqual(depthOf(value) <= DEEPEST_JSON && whole ? JSON.parse(text) : undefined);
    }),
    { numRuns: depth(500) },
  );
});

test("an object is refused wherever one of its members stands twice", () => {
  const members = fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(members, fc.nat(), fc.nat(), (names, which, where) => {
      const parts = names.map((name) => `${JSON.stringify(name)}:{"x":1}`);
      expect(read(`{${parts.join(",")}}`)).toBeDefined();
      const again = parts[which % parts.length] as string;
      parts.splice(where % (parts.length + 1), 0, again);
      expect(read(`{${parts.join(",")}}`)).toBeUndefined();
    }),
  );
});

test("each character is looked at a few times only, however many brackets, quotes and blanks there are", () => {
  const parsed = jest.spyOn(JSON, "parse");
  const length = 262_144;
  for (const text of [
    "[".repeat(length),
    '{"":'.repeat(length / 4),
    `["${" ".repeat(length)}"]`,
    `[""${" ".repeat(length)}]`,
    `[${'"\\\\",'.repeat(length / 5)}1]`,
  ]) {
    parsed.mockClear();
    read(text);
    const characters = parsed.mock.calls.reduce((sum, [one]) => sum + one.length, 0);
    expect(characters).toBeLessThanOrEqual(2 * text.length);
  }
  parsed.mockRestore();
});
