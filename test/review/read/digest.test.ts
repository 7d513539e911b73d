import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { differingFiles, DIGEST, digestOf, filesOf } from "../../../review/read/digest";
import { scratch } from "../../support/cli";
import "../../support/depth";

const folder = scratch("digest");
let number = 0;

/** A folder of its own with these files, written in this order */
function put(...files: readonly (readonly [path: string, content: string])[]): string {
  const name = String((number += 1));
  for (const [path, content] of files) folder.put(`${name}/${path}`, content);
  return join(folder.path, name);
}

const digest = (path: string) => digestOf(filesOf(path));

test("is one known digest on every machine", () => {
  expect(digest(put(["manifest.json", "{}"], ["stacks/agents/cdk.tf.json", "{}"]))).toBe(
    "sha256:f26ab729e08e79d80fba61b089c7e8caebeea4c2fb4d48fb5ac6224de2ddba75",
  );
});

test("is the same for every order in which files are written", () => {
  const one = put(["a", "1"], ["b/c", "2"]);
  const other = put(["b/c", "2"], ["a", "1"]);
  expect(digest(one)).toBe(digest(other));
});

test.each<readonly [string, readonly (readonly [string, string])[]]>([
  [
    "one byte is another",
    [
      ["a", "1"],
      ["b", "3"],
    ],
  ],
  [
    "a byte is added",
    [
      ["a", "1"],
      ["b", "2\n"],
    ],
  ],
  [
    "a file is added",
    [
      ["a", "1"],
      ["b", "2"],
      ["c", ""],
    ],
  ],
  ["a file is gone", [["a", "1"]]],
  [
    "a file has another name",
    [
      ["a", "1"],
      ["B", "2"],
    ],
  ],
  [
    "a file lies in a folder",
    [
      ["a", "1"],
      ["x/b", "2"],
    ],
  ],
  [
    "two files change contents",
    [
      ["a", "2"],
      ["b", "1"],
    ],
  ],
  ["two files are one", [["a", "1b2"]]],
])("is another where %s", (_, files) => {
  expect(digest(put(...files))).not.toBe(digest(put(["a", "1"], ["b", "2"])));
});

test("is equal for equal files only", () => {
  const files = fc.dictionary(fc.string({ maxLength: 4 }), fc.string({ maxLength: 4 }), {
    maxKeys: 4,
    noNullPrototype: true,
  });
  fc.assert(
    fc.property(files, files, (one, other) => {
      const [some, others] = [new Map(Object.entries(one)), new Map(Object.entries(other))];
      const isEqual = differingFiles(some, others).length === 0;
      expect(digestOf(some) === digestOf(others)).toBe(isEqual);
      expect(digestOf(some)).toMatch(DIGEST);
      expect(digestOf(new Map([...some].reverse()))).toBe(digestOf(some));
    }),
  );
});

test("names what differs, by path", () => {
  const one = filesOf(put(["same", "1"], ["gone", "2"], ["other", "3"]));
  const other = filesOf(put(["same", "1"], ["new", "2"], ["other", "4"]));
  expect(differingFiles(one, other)).toEqual([
    { file: "gone", how: "removed" },
    { file: "new", how: "added" },
    { file: "other", how: "changed" },
  ]);
});

describe("fails when the folder holds", () => {
  test("nothing", () => {
    const path = put();
    mkdirSync(join(path, "stacks"), { recursive: true });
    expect(() => filesOf(path)).toThrow("the folder holds no files: name one that synth wrote");
  });

  test.each([
    ["to a file of its own", "a"],
    ["to a folder", "b"],
    ["out of it", "/etc/hostname"],
    ["to nothing", "nowhere"],
  ])("a symbolic link %s", (_, target) => {
    const path = put(["a", "1"], ["b/c", "2"]);
    symlinkSync(target, join(path, "link"));
    expect(() => filesOf(path)).toThrow("link: is a symbolic link: copy what it names");
  });

  test.each([
    ["what terraform init wrote", "stacks/agents/.terraform/modules/modules.json", "stacks/agents/.terraform"],
    ["packages", "node_modules/a/index.js", "node_modules"],
    ["a file of that name", ".git", ".git"],
  ])("%s, which no review reads", (_, file, named) => {
    const path = put(["manifest.json", "{}"], [file, ""]);
    expect(() => filesOf(path)).toThrow(`${named}: is not reviewed: remove it, and run terraform init after this`);
  });
});
