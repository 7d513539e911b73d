import fc from "fast-check";
import { ReadError } from "../../../review/read/read-error";
import { readChangedFiles } from "../../../review/rules/changed-files";
import "../../support/depth";

const read = (text: string | Buffer) => readChangedFiles(Buffer.from(text), "changed");

test.each<readonly [string, string, readonly string[]]>([
  ["nothing", "", []],
  ["one a line", "main.ts\nREADME.md\n", ["README.md", "main.ts"]],
  ["no line break at the end", "main.ts", ["main.ts"]],
  ["lines of Windows", "main.ts\r\nREADME.md\r\n", ["README.md", "main.ts"]],
  ["each ended by NUL", "main.ts\0a b\0", ["a b", "main.ts"]],
  ["names with line breaks and quotes", 'a\nb\0"c"\0', ['"c"', "a\nb"]],
  ["names with tabs and backslashes, ended by NUL", "a\tb\0c\\d\0", ["a\tb", "c\\d"]],
  ["one twice", "main.ts\nmain.ts\n", ["main.ts"]],
  ["names of every object", "__proto__\nconstructor\n", ["__proto__", "constructor"]],
])("reads %s", (_, text, paths) => expect(read(text)).toEqual(paths));

test.each<readonly [string, string | Buffer, string]>([
  ["is quoted by git", 'main.ts\n"caf\\303\\251"\n', "changed: path 2: is quoted by git: write the list with"],
  [
    "comes with a status",
    "M\t.github/workflows/ci.yml\n",
    "changed: path 1: holds what git would quote: write the list",
  ],
  ["is of Windows", ".github\\workflows\\ci.yml\n", "changed: path 1: holds what git would quote: write the list with"],
  ["follows a byte order mark", "\ufeff.github/workflows/ci.yml\n", "changed: must have no byte order mark"],
  ["begins at the root", "/etc/passwd\n", "changed: path 1: must be a path from the root of the repository"],
  ["leads out", "a/../../b\n", "changed: path 1: must be"],
  ["begins here", "./main.ts\n", "changed: path 1: must be"],
  [
    "is empty",
    "main.ts\n\nREADME.md\n",
    'changed: path 2: must be a path from the root of the repository, without . and .., got ""',
  ],
  ["ends with a slash", "images/\0main.ts\0", "changed: path 1: must be"],
  ["is not UTF-8", Buffer.from([0x61, 0xff, 0x0a]), "changed: must be UTF-8"],
  [
    "moves a cursor",
    "/\u001b[2J\n",
    'changed: path 1: holds what git would quote: write the list with git diff --name-only --no-renames -z, got "/\\u001b[2J"',
  ],
])("fails when a path %s", (_, text, says) => {
  expect(() => read(text)).toThrow(ReadError);
  expect(() => read(text)).toThrow(says);
});

test("reads all names that git allows, ended by NUL", () => {
  const name = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 8 })
    .filter((text) => !/[/\0]/.test(text) && text !== "." && text !== "..");
  fc.assert(
    fc.property(fc.array(fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"))), (paths) => {
      expect(read(paths.map((path) => `${path}\0`).join(""))).toEqual([...new Set(paths)].sort());
    }),
  );
});
