import fc from "fast-check";
import { Denial } from "../../../../runtime/authorizer/denial";
import { bodyOf, bodyOfHttp } from "../../../../runtime/authorizer/request/body";
import { folded } from "../../../../runtime/member-names";
import type { HeaderList } from "../../../../runtime/authorizer/request/headers";
import { depth } from "../../../support/depth";

const JSON_TYPE: HeaderList = [["content-type", "application/json"]];
const read = (body: string | Uint8Array, headers = JSON_TYPE) => bodyOf(headers, Buffer.from(body));
const refused = (body: string | Uint8Array, headers = JSON_TYPE): string => {
  try {
    read(body, headers);
  } catch (error) {
    if (error instanceof Denial) return `${error.codes.join()}: ${error.reasons[0]?.what}`;
    throw error;
  }
  return "read";
};

test("JSON is read as it is, and no bytes are no body", () => {
  expect(read(' {"a":[1,-0.5,"\\u00e9",null,true],"b":{}} ')).toEqual({ a: [1, -0.5, "é", null, true], b: {} });
  expect(read("")).toBeUndefined();
  expect(read("null")).toBeNull();
  for (const type of ["application/json; charset=utf-8", "application/json;charset=UTF-8", "Application/JSON"]) {
    expect(read("1", [["content-type", type]])).toBe(1);
  }
  expect(read(`${"[".repeat(64)}${"]".repeat(64)}`)).toBeDefined();
});

test("an HTTP tool takes what agents of A2A push, which servers of MCP and models do not", () => {
  for (const type of ["application/a2a+json", "application/a2a+json; charset=utf-8", "application/json"]) {
    expect(bodyOfHttp([["content-type", type]], Buffer.from('{"task":{}}'))).toEqual({ task: {} });
  }
  expect(refused("{}", [["content-type", "application/a2a+json"]])).toContain("call.content-type");
  for (const type of ["application/cloudevents+json", "application/a2a", "text/json"]) {
    expect(() => bodyOfHttp([["content-type", type]], Buffer.from("{}"))).toThrow("call.content-type");
  }
});

test.each([
  ["a member twice", '{"a":1,"a":2}', "each member"],
  ["a member twice, once with an escape", '{"a":1,"\\u0061":2}', "each member"],
  ["a member twice below", '[{"x":{"a":1,"a":1}}]', "each member"],
  ["names that differ by case", '{"name":1,"Name":2}', "by case"],
  ["a long s for an s (CVE-2026-27896)", '{"sum":1,"\u017fum":2}', "by case"],
  ["the sign of Kelvin for a k (CVE-2026-27896)", '{"key":1,"\u212aey":2}', "by case"],
  ["a name in another form of Unicode", '{"\u00e9":1,"e\u0301":2}', "by case"],
  ["2^53 and one", "9007199254740993", "beyond 2^53"],
  ["2^53", "[9007199254740992]", "beyond 2^53"],
  ["a number that is none", "1e400", "beyond 2^53"],
  ["more digits than a double holds", "[0.12345678901234567891]", "beyond 2^53"],
  ["half of a character", '"\\ud800"', "half of a character"],
  ["a name with half of a character", '{"\\udc00":1}', "half of a character"],
  ["65 levels", `${"[".repeat(65)}${"]".repeat(65)}`, "at most 64 deep"],
  ["a name that takes long to fold", JSON.stringify({ ["a\u0301\u0323".repeat(100)]: 1, b: 2 }), "longer than 256"],
  // By the square of its digits it would not be read within the hour.
  ["a number of a million digits", `[0.1${"0".repeat(1_000_000)}1]`, "beyond 2^53"],
  ["__proto__", '{"__proto__":{"admin":true}}', "__proto__"],
  ["a name that ends at a null for some readers", '{"a":1,"a\\u0000":2}', "null character"],
  ["a byte order mark", "\ufeff{}", "one JSON text"],
  ["two texts", "{}{}", "one JSON text"],
  ["a trailing comma", '{"a":1,}', "one JSON text"],
  ["a comment", "{}//", "one JSON text"],
  ["a control character", '"\u0001"', "one JSON text"],
  ["what is no UTF-8", Buffer.from([0x22, 0xff, 0x22]), "one JSON text"],
  ["an overlong form", Buffer.from([0x22, 0xc0, 0xaf, 0x22]), "one JSON text"],
])("fails for %s", (_, body, why) => {
  expect(refused(body)).toMatch(/^call\.body: /);
  expect(refused(body)).toContain(why);
});

test.each([
  ["no content type", [] as HeaderList],
  ["text/plain (toolhive#6234)", [["content-type", "text/plain"]] as HeaderList],
  ["another charset", [["content-type", "application/json; charset=utf-16"]] as HeaderList],
  ["another parameter", [["content-type", "application/json; profile=x"]] as HeaderList],
  ["JSON of another name", [["content-type", "application/json-patch+json"]] as HeaderList],
  ["two types in one header", [["content-type", "application/json, text/plain"]] as HeaderList],
  ["a content encoding", [...JSON_TYPE, ["content-encoding", "gzip"]] as HeaderList],
  ["the encoding identity", [...JSON_TYPE, ["content-encoding", "identity"]] as HeaderList],
])("fails for a body with %s", (_, headers) => {
  expect(refused("{}", headers)).toMatch(/^call\.content-type: /);
});

test("fails for two content types", () => {
  expect(refused("{}", [...JSON_TYPE, ...JSON_TYPE])).toMatch(/^call\.header: /);
});

test("names that differ by case alone count as one name", () => {
  expect(["Name", "NAME", "name"].map(folded)).toEqual(["name", "name", "name"]);
  expect(folded("\u212a")).toBe("k");
  expect(folded("\u017f")).toBe("s");
  expect(folded("stra\u00dfe")).toBe(folded("STRASSE"));
});

test("a body is read as JSON.parse reads it, and every sound value is accepted", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      const text = JSON.stringify(value);
      const said = refused(text);
      if (said === "read") expect(read(text)).toEqual(JSON.parse(text));
      else expect(said).toMatch(/by case|beyond 2\^53|__proto__|half of a character/);
    }),
    { numRuns: depth(20_000, 300) },
  );
});

test("any bytes are read as JSON.parse reads them, or refused by a Denial", () => {
  const piece = fc.constantFrom(
    '{"a"',
    ":",
    ",",
    "}",
    "[",
    "]",
    '"',
    "\\u",
    "1",
    "e9",
    "-",
    " ",
    "\\",
    "ſ",
    "A",
    "a",
    "\ud83d",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (parts) => {
      const text = parts.join("");
      // Half of a character becomes another one on its way into bytes.
      const sent = Buffer.from(text).toString();
      if (text !== "" && refused(text) === "read") expect(read(text)).toEqual(JSON.parse(sent));
    }),
    { numRuns: depth(50_000, 1_000) },
  );
});
