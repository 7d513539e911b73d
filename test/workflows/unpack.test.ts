import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync, type Zippable, zipSync } from "fflate";
import * as fc from "fast-check";
import { type Limits, unpack } from "../../.github/review/unpack";
import { scratch } from "../support/cli";
import { depth } from "../support/depth";

const folder = scratch("unpack");
const LIMITS: Limits = { archive: 10_000, content: 100_000, files: 6 };
const text = (content: string) => new TextEncoder().encode(content);
let count = 0;

/** Unpack an archive of these bytes into a new folder, and say which. */
function unpacked(bytes: Uint8Array, limits = LIMITS): string {
  const name = String((count += 1));
  const to = join(folder.path, name);
  unpack(folder.put(`${name}.zip`, Buffer.from(bytes)), to, limits);
  return to;
}

/** What is there after unpacking; nothing where that was refused */
function namesIn(bytes: Uint8Array): readonly string[] {
  try {
    return readdirSync(unpacked(bytes), { recursive: true, encoding: "utf8" });
  } catch {
    return [];
  }
}

const zip = (files: Zippable) => zipSync(files);

/** The bytes of `files` with one name written in place of another of the same length */
function renamed(files: Zippable, from: string, to: string): Uint8Array {
  const bytes = Buffer.from(zip(files));
  expect(to.length).toBe(from.length);
  for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + 1)) bytes.write(to, at, "latin1");
  return bytes;
}

test("unpacks number and head", () => {
  const to = unpacked(
    zip({ number: text("7"), head: { "manifest.json": text("{}"), stacks: { a: { "b.json": text("[]") } } } }),
  );
  const read = (file: string) => readFileSync(join(to, file), "utf8");
  expect([read("number"), read("head/manifest.json"), read("head/stacks/a/b.json")]).toEqual(["7", "{}", "[]"]);
});

test("writes what is a link in the archive as a file with the target for content", () => {
  const link = zip({ number: [text("/etc/passwd"), { os: 3, attrs: 0o120777 << 16 }] });
  expect(readFileSync(join(unpacked(link), "number"), "utf8")).toBe("/etc/passwd");
});

describe("fails when the archive", () => {
  test.each([
    "../number",
    "/etc/cron.d/x",
    "head/../../x",
    "head/..",
    "head/./x",
    "head//x",
    "head",
    "head\\..\\x",
    "C:/x",
    "base/manifest.json",
    "package.json",
    ".github/review/unpack.ts",
    "head/a\nb",
    "head/\u202e",
    "__proto__",
  ])("holds %j", (name) => {
    const bytes =
      name === "__proto__" ? renamed({ aaaaaaaaa: text("x") }, "aaaaaaaaa", name) : zip({ [name]: text("x") });
    expect(() => unpacked(bytes)).toThrow("the archive must hold number and files of plain names below head, got ");
    expect(existsSync(join(folder.path, String(count)))).toBe(false);
  });

  test("holds a name twice", () => {
    const bytes = renamed({ "head/a": text("1"), "head/b": text("2") }, "head/b", "head/a");
    expect(() => unpacked(bytes)).toThrow("the archive must hold head/a once");
  });

  test("holds a file and a folder of one name", () => {
    expect(() => unpacked(zip({ "head/a": text("1"), "head/a/b": text("2") }))).toThrow(/EEXIST|ENOTDIR/);
  });

  test("holds more files than the limit", () => {
    const files = Object.fromEntries([...Array(7).keys()].map((name) => [`head/${name}`, text("")]));
    expect(() => unpacked(zip(files))).toThrow("the archive must hold at most 6 files");
  });

  test("holds more than the limit, in small", () => {
    const bytes = zip({ "head/a": new Uint8Array(60_000), "head/b": new Uint8Array(60_000) });
    expect(bytes.length).toBeLessThan(LIMITS.archive);
    expect(() => unpacked(bytes)).toThrow("the archive must hold at most 100000 bytes");
  });

  test("is larger than the limit", () => {
    expect(() => unpacked(new Uint8Array(10_001))).toThrow(/must be at most 10000 bytes, got 10001/);
  });

  test("is no archive", () => {
    expect(() => unpacked(text("no archive at all, but long enough"))).toThrow();
  });
});

test("fails when the folder is there already", () => {
  expect(() => unpack(folder.put("again.zip", Buffer.from(zip({ number: text("7") }))), folder.path)).toThrow(/EEXIST/);
});

test("a file that says it is smaller than it is takes no more room than it says", () => {
  const content = new Uint8Array(50_000).fill(65);
  const bytes = Buffer.from(zip({ "head/a": content }));
  expect(bytes.indexOf(Buffer.from(deflateSync(content)))).toBeGreaterThan(0);
  const size = Buffer.from([0x50, 0xc3, 0, 0]);
  for (let at = bytes.indexOf(size); at >= 0; at = bytes.indexOf(size, at + 1)) bytes.writeUInt32LE(10, at);
  let written = 0;
  try {
    written = readFileSync(join(unpacked(bytes), "head/a")).length;
  } catch {
    written = 0;
  }
  expect(written).toBeLessThanOrEqual(10);
});

test("any change of an archive is refused, or unpacked below the folder", () => {
  const bytes = zip({ number: text("7"), head: { "a.json": text("{}") } });
  const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const other = Uint8Array.from(bytes);
      for (const [at, byte] of changes) other[at] = byte;
      expect(namesIn(other).filter((name) => !/^(?:number|head(?:\/[\w.-]+)*)$/.test(name))).toEqual([]);
    }),
    { numRuns: depth(300) },
  );
  expect(readdirSync(folder.path).filter((name) => !/^(?:\d+|\d+\.zip|again\.zip)$/.test(name))).toEqual([]);
});
