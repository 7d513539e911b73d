import { execFileSync } from "node:child_process";
import { closeSync, ftruncateSync, mkdirSync, openSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readEstate } from "../../../review/read/estate";
import { ReadError } from "../../../review/read/read-error";
import { estateOf, type Files, inFolder } from "../../support/review/folders";

const ROLE = '{"resource":{"aws_iam_role":{"r":{"name":"r"}}}}';

const manifest = (path: unknown): Files => ({
  "manifest.json": JSON.stringify({ stacks: { a: { synthesizedStackPath: path } } }),
  "stacks/a/cdk.tf.json": ROLE,
});

const nested = (levels: number): string => `{"locals":${'{"a":'.repeat(levels)}1${"}".repeat(levels)}}`;

const REFUSED: readonly (readonly [name: string, files: Files, message: RegExp])[] = [
  ["a folder without Terraform JSON", { "notes.txt": "" }, /^the folder has no Terraform JSON: name one with/],
  ["what is no JSON", { "a.tf.json": "{,}" }, /^a\.tf\.json: must be JSON: /],
  ["a text that ends early", { "a.tf.json": '{"resource": {"' }, /^a\.tf\.json: must be JSON: /],
  ["an empty file", { "a.tf.json": "" }, /^a\.tf\.json: must be JSON: /],
  ["a list", { "a.tf.json": "[]" }, /^a\.tf\.json: must be a JSON object/],
  ["bytes that are no UTF-8", { "a.tf.json": Buffer.from([0x7b, 0xff, 0x7d]) }, /^a\.tf\.json: must be UTF-8$/],
  ["a byte order mark", { "a.tf.json": `\uFEFF${ROLE}` }, /^a\.tf\.json: begins with a byte order mark: save it/],
  ["UTF-16", { "a.tf.json": Buffer.from(`\uFEFF${ROLE}`, "utf16le") }, /^a\.tf\.json: must be UTF-8$/],
  ["deep nesting", { "a.tf.json": nested(101) }, /^a\.tf\.json: is nested more than 100 levels deep: flatten it$/],
  ["a million brackets", { "a.tf.json": "[".repeat(1_000_000) }, /^a\.tf\.json: is nested more than 100 levels/],
  [
    "a key that is written twice",
    { "a.tf.json": '{"resource":{"aws_iam_role":{"r":{"name":"wide","name":"narrow"}}}}' },
    /^a\.tf\.json: resource\.aws_iam_role\.r\.name: is written twice: keep one of them$/,
  ],
  [
    "a key that is written twice, once with escapes",
    { "a.tf.json": '{"resource":{"x":{"r":{"name":1,"n\\u0061me":2}}}}' },
    /^a\.tf\.json: resource\.x\.r\.name: is written twice/,
  ],
  [
    "a key that is written twice in a list",
    { "a.tf.json": '{"resource":{"x":{"r":{"b":[{"a":1},{"a":1,"a":2}]}}}}' },
    /^a\.tf\.json: resource\.x\.r\.b\.\*\.a: is written twice/,
  ],
  [
    "a key that is written twice, __proto__",
    { "a.tf.json": '{"locals":{"__proto__":{"a":1},"__proto__":{"b":1}}}' },
    /^a\.tf\.json: locals\.__proto__: is written twice/,
  ],
  [
    "a resource that two files declare",
    { "a.tf.json": ROLE, "b.tf.json": ROLE },
    /^b\.tf\.json: resource\.aws_iam_role\.r: is declared twice: keep one of them$/,
  ],
  [
    "a resource that a list declares twice",
    { "a.tf.json": '{"resource":[{"x":{"r":{}}},{"x":[{"r":{}}]}]}' },
    /^a\.tf\.json: resource\.x\.r: is declared twice/,
  ],
  [
    "a resource with two bodies",
    { "a.tf.json": '{"resource":{"x":{"r":[{},{}]}}}' },
    /^a\.tf\.json: resource\.x\.r: is declared twice/,
  ],
  [
    "a resource that is text",
    { "a.tf.json": '{"resource":{"x":{"r":"y"}}}' },
    /^a\.tf\.json: resource\.x\.r: must be an/,
  ],
  [
    "resources that are text",
    { "a.tf.json": '{"resource":"x"}' },
    /^a\.tf\.json: resource: must be an object, got "x"/,
  ],
  [
    "a name with a line end",
    { "a.tf.json": '{"resource":{"aws_iam_role":{"r\\n<script>":{}}}}' },
    /^a\.tf\.json: resource\.aws_iam_role: "r\\n<script>" is no name: rename it$/,
  ],
  ["a local that is declared twice", { "a.tf.json": '{"locals":[{"a":1},{"a":2}]}' }, /local\.a: is declared twice/],
  [
    "a manifest that is no JSON",
    { ...manifest("stacks/a/cdk.tf.json"), "manifest.json": "{" },
    /^manifest\.json: must be/,
  ],
  [
    "a path out of the folder",
    manifest("../other/cdk.tf.json"),
    /^manifest\.json: stacks\.a\.synthesizedStackPath: must be/,
  ],
  ["a path with .. inside", manifest("stacks/../stacks/a/cdk.tf.json"), /synthesizedStackPath: must be a path within/],
  [
    "an absolute path",
    manifest("/etc/passwd"),
    /synthesizedStackPath: must be a path within the folder, got "\/etc\/passwd"/,
  ],
  ["a path of Windows", manifest("C:\\stacks\\a"), /synthesizedStackPath: must be a path within the folder/],
  ["a path that is no text", manifest({}), /synthesizedStackPath: must be a path within the folder, got \{\}/],
  ["a stack that is not there", manifest("stacks/b/cdk.tf.json"), /"stacks\/b\/cdk\.tf\.json" is not in the folder/],
  [
    "two stacks in one folder",
    {
      "manifest.json": JSON.stringify({
        stacks: {
          a: { synthesizedStackPath: "stacks/a/cdk.tf.json" },
          b: { synthesizedStackPath: "stacks/a/cdk.tf.json" },
        },
      }),
      "stacks/a/cdk.tf.json": ROLE,
    },
    /^manifest\.json: stacks\.b\.synthesizedStackPath: .* is the folder of another stack as well/,
  ],
  [
    "a registry that is no object",
    { ...manifest("stacks/a/cdk.tf.json"), "ambit/registry.json": "1" },
    /^ambit\/registry/,
  ],
  [
    "two stacks of one name",
    { "a.tf.json": ROLE, "root/a.tf.json": ROLE },
    /^root: is what the files outside of folders/,
  ],
];

test.each(REFUSED)("fails when the folder holds %s", (_, files, message) => {
  expect(() => estateOf(files)).toThrow(ReadError);
  expect(() => estateOf(files)).toThrow(message);
});

test("fails when a file is a symbolic link", () => {
  inFolder({ "a.tf.json": ROLE }, (folder) => {
    symlinkSync("/etc/passwd", join(folder, "b.tf.json"));
    expect(() => readEstate(folder)).toThrow(/^b\.tf\.json: is a symbolic link: copy what it names$/);
  });
});

test("fails when a folder is a symbolic link", () => {
  inFolder({ "a.tf.json": ROLE }, (folder) => {
    symlinkSync("/etc", join(folder, "stacks"));
    expect(() => readEstate(folder)).toThrow(/^stacks: is a symbolic link/);
  });
});

test("fails when there is a pipe, and does not wait for it", () => {
  inFolder({ "a.tf.json": ROLE }, (folder) => {
    execFileSync("mkfifo", [join(folder, "b.tf.json")]);
    expect(() => readEstate(folder)).toThrow(/^b\.tf\.json: is no file$/);
  });
});

test("fails when a file is larger than 256 MiB, before it is read", () => {
  inFolder({ "a.tf.json": ROLE }, (folder) => {
    const file = openSync(join(folder, "b.tf.json"), "w");
    ftruncateSync(file, 256 * 1024 * 1024 + 1);
    closeSync(file);
    expect(() => readEstate(folder)).toThrow(/^b\.tf\.json: must be at most 268435456 bytes, got 268435457: split/);
  });
});

test("fails when the folder is not there, or is a file", () => {
  inFolder({ "a.tf.json": ROLE }, (folder) => {
    expect(() => readEstate(join(folder, "none"))).toThrow(
      /none: cannot be listed \(ENOENT\): name a readable folder$/,
    );
    expect(() => readEstate(join(folder, "a.tf.json"))).toThrow(/cannot be listed \(ENOTDIR\)/);
  });
});

test("what Terraform, git and npm keep for themselves is not looked at", () => {
  inFolder({ "a.tf.json": ROLE }, (folder) => {
    for (const ignored of [".terraform", ".git", "node_modules"]) {
      mkdirSync(join(folder, ignored));
      symlinkSync("/etc", join(folder, ignored, "link"));
      writeFileSync(join(folder, ignored, "b.tf.json"), "{");
    }
    expect(readEstate(folder).resources.map(({ address }) => address)).toEqual(["root/aws_iam_role.r"]);
  });
});

test("keys of JavaScript's own objects are keys as any other", () => {
  const body = '{"__proto__":{"polluted":true},"constructor":"c","toString":"t"}';
  const estate = estateOf({
    "a.tf.json": `{"resource":{"aws_iam_role":{"constructor":${body},"__proto__":{"name":"p"}}}}`,
  });
  expect(estate.resources.map(({ address }) => address)).toEqual([
    "root/aws_iam_role.__proto__",
    "root/aws_iam_role.constructor",
  ]);
  expect(Object.keys(estate.at("root/aws_iam_role.constructor")?.values ?? {})).toEqual([
    "__proto__",
    "constructor",
    "toString",
  ]);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  expect(estate.of("constructor")).toEqual([]);
});
