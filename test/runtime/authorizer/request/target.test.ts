import fc from "fast-check";
import { Denial } from "../../../../runtime/authorizer/denial";
import { decoded, targetOf } from "../../../../runtime/authorizer/request/target";
import { depth } from "../../../support/depth";

const refused = (target: string): string => {
  try {
    targetOf(target);
  } catch (error) {
    if (error instanceof Denial) return error.reasons.map(({ code, what }) => `${code}: ${what}`).join();
    throw error;
  }
  return "read";
};

test("a path is its segments as sent, and a query its parameters decoded", () => {
  const { segments, query } = targetOf("/records/4%2C2/%C3%A9?q=a%20b&empty=&%71x=%2B");
  expect(segments).toEqual(["records", "4%2C2", "%C3%A9"]);
  expect([...query]).toEqual([
    ["q", "a b"],
    ["empty", ""],
    ["qx", "+"],
  ]);
});

test("a slash at the end is a segment of its own, and the root is one too", () => {
  expect(targetOf("/a/").segments).toEqual(["a", ""]);
  expect(targetOf("/").segments).toEqual([""]);
});

test.each([
  ["an empty segment", "/a//b", "empty or dot"],
  ["an empty first segment", "//a", "empty or dot"],
  [".", "/a/./b", "empty or dot"],
  ["..", "/a/../b", "empty or dot"],
  ["an encoded dot", "/a/%2e%2e/b", "must not encode"],
  ["an encoded dot in upper case", "/a/%2E/b", "must not encode"],
  ["an encoded slash", "/a/b%2fc", "must not encode"],
  ["an encoded backslash", "/a/b%5Cc", "must not encode"],
  ["an encoded semicolon", "/a/b%3bc", "must not encode"],
  ["an encoded percent sign", "/a/%2541", "must not encode"],
  ["a semicolon", "/a/b;c=1", "must be percent-encoded"],
  ["a backslash", "/a\\b", "must be percent-encoded"],
  ["a fragment", "/a#b", "must be percent-encoded"],
  ["a blank", "/a b", "must be percent-encoded"],
  ["a percent sign alone", "/a/%", "must be percent-encoded"],
  ["a character that is no ASCII", "/é", "must be percent-encoded"],
  ["no slash", "a/b", "must begin with a slash"],
  ["an absolute address", "https://evil.example/a", "must begin with a slash"],
  ["nothing", "", "must begin with a slash"],
  ["an empty query", "/a?", "must not be empty"],
  ["an empty pair", "/a?b=1&", "name=value"],
  ["a pair without a name", "/a?=1", "name=value"],
  ["a semicolon in the query", "/a?b=1;c=2", "name=value"],
  ["a parameter twice", "/a?b=1&b=2", "must be sent once"],
  ["a parameter twice, once encoded", "/a?b=1&%62=2", "must be sent once"],
  ["a plus sign in the query", "/a?b=c+d", "%20"],
  ["a query that is no UTF-8", "/a?b=%ff", "UTF-8"],
  ["a line break in the query", "/a?b=%0d%0aX", "control characters"],
  ["too much", `/${"a".repeat(8_192)}`, "at most 8192"],
  ["too many parameters", `/a?${Array.from({ length: 65 }, (_, index) => `p${index}=1`).join("&")}`, "at most 64"],
])("fails for %s", (_, target, why) => {
  expect(refused(target)).toMatch(/^call\.target: /);
  expect(refused(target)).toContain(why);
});

test.each(["%ff", "%C0%80", "%0a", "%00", "%c2%85"])("fails for the argument %s", (text) => {
  expect(() => decoded(text, "the argument")).toThrow(Denial);
});

test("a target is read as the WHATWG parser reads it, and refused where that parser would change it", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "/",
      "//",
      ".",
      "..",
      "%2e",
      "%2F",
      ";",
      "\\",
      "?",
      "&",
      "=",
      "%",
      "#",
      "a",
      "%41",
      "é",
      " ",
      "+",
      "\t",
    ),
    fc.string({ maxLength: 3 }),
  );
  const targets = fc.array(piece, { maxLength: 10 }).map((parts) => `/${parts.join("")}`);
  fc.assert(
    fc.property(targets, (target) => {
      let read;
      try {
        read = targetOf(target);
      } catch (error) {
        expect(error).toBeInstanceOf(Denial);
        return;
      }
      const url = new URL(`https://tool.example${target}`);
      expect(`${url.pathname}${url.search}`).toBe(target);
      expect(url.pathname.slice(1).split("/")).toEqual(read.segments);
      expect([...url.searchParams]).toEqual([...read.query]);
    }),
    { numRuns: depth(50_000, 1_000) },
  );
});
