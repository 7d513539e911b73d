import { cpSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { reviewCommand } from "../../cli/review";
import { verifyCommand } from "../../cli/verify";
import { called, scratch } from "../support/cli";

const folder = scratch("verify");
const STACK = JSON.stringify({ resource: { aws_sqs_queue: { q: { name: "q" } } } });
const FILES = {
  "manifest.json": JSON.stringify({
    version: "0.21.0",
    stacks: { agents: { name: "agents", synthesizedStackPath: "stacks/agents/cdk.tf.json", dependencies: [] } },
  }),
  "stacks/agents/cdk.tf.json": STACK,
  "ambit/note.json": "{}",
};
for (const [file, content] of Object.entries(FILES)) folder.put(`reviewed/${file}`, content);
const reviewed = join(folder.path, "reviewed");

const verify = (...args: readonly string[]) => called([verifyCommand], "verify", ...args);

let json: string;
let digest: string;
beforeAll(async () => {
  const { stdout } = await called([reviewCommand], "review", reviewed, reviewed, "--json");
  json = folder.put("review.json", stdout);
  digest = (JSON.parse(stdout) as { digests: { head: string } }).digests.head;
});

/** A copy of what was reviewed, after this tampering */
function after(name: string, change: (path: string) => void): string {
  const path = join(folder.path, name.replaceAll(" ", "-"));
  cpSync(reviewed, path, { recursive: true });
  change(path);
  return path;
}

describe("exit code 0 where the folder is what was reviewed", () => {
  test("by its digest", async () => {
    const stdout = `${reviewed} is what was reviewed: ${digest}\n`;
    expect(await verify(digest, reviewed)).toEqual({ code: 0, stdout, stderr: "" });
  });

  test("by the JSON of the review, wherever the folder lies now", async () => {
    const { code, stdout } = await verify(
      json,
      after("copy", () => undefined),
      "--json",
    );
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      { isReviewed: true, reviewed: digest, found: digest, differing: [] },
    ]);
  });

  test("by the last line of the comment", async () => {
    const comment = join(folder.path, "comment.md");
    await called([reviewCommand], "review", reviewed, reviewed, "--markdown", comment);
    expect(readFileSync(comment, "utf8").endsWith(`\n\nreviewed: \`${digest}\`\n`)).toBe(true);
  });
});

const put = (file: string, content: string) => (path: string) => {
  folder.put(`${path.slice(folder.path.length + 1)}/${file}`, content);
};
const STACK_FILE = "stacks/agents/cdk.tf.json";

describe("fails when", () => {
  test.each<readonly [string, (path: string) => void, readonly string[]]>([
    ["one byte is another", put(STACK_FILE, STACK.replace('"q"', '"r"')), [`  changed   ${STACK_FILE}`]],
    ["a file is added", put("ambit/more.json", "{}"), ["  added     ambit/more.json"]],
    ["a file is removed", (path) => rmSync(join(path, "ambit/note.json")), ["  removed   ambit/note.json"]],
    [
      "a file is renamed",
      (path) => renameSync(join(path, "ambit/note.json"), join(path, "ambit/other.json")),
      ["  removed   ambit/note.json", "  added     ambit/other.json"],
    ],
    [
      "two files change contents",
      (path) => [put(STACK_FILE, "{}"), put("ambit/note.json", STACK)].forEach((change) => change(path)),
      ["  changed   ambit/note.json", `  changed   ${STACK_FILE}`],
    ],
  ])("%s: exit code 1, and the files by name", async (name, change, lines) => {
    const path = after(name, change);
    const { code, stdout, stderr } = await verify(json, path);
    const [first, was, is, ...files] = stdout.trimEnd().split("\n");
    expect([code, stderr]).toEqual([1, ""]);
    expect(first).toBe(
      `${path} is not what was reviewed: do not apply it. Apply the reviewed folder itself, or review this one.`,
    );
    expect(was).toBe(`  reviewed  ${digest}`);
    expect(is).toMatch(/^ {2}found {5}sha256:[0-9a-f]{64}$/);
    expect(files).toEqual(lines);
  });

  test("it is another, by the digest alone: no files are named", async () => {
    const path = after("by digest", put(STACK_FILE, "{}"));
    const { code, stdout } = await verify(digest, path);
    expect([code, stdout.trimEnd().split("\n").length]).toEqual([1, 3]);
  });

  test("many files differ: ten are named, and how many more there are", async () => {
    const path = after("many", (to) => {
      for (let index = 0; index < 15; index += 1) put(`ambit/${index}.json`, "{}")(to);
    });
    const { code, stdout } = await verify(json, path);
    expect([code, stdout.match(/^ {2}added/gm)?.length, stdout.endsWith("\n  and 5 more\n")]).toEqual([1, 10, true]);
  });

  test("it is another, as JSON", async () => {
    const path = after("as json", put(STACK_FILE, "{}"));
    const { code, stdout } = await verify(json, path, "--json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      isReviewed: false,
      reviewed: digest,
      found: expect.not.stringMatching(digest),
      differing: [{ file: STACK_FILE, how: "changed" }],
    });
  });

  test.each<readonly [string, (path: string) => void, string]>([
    ["a symbolic link lies in it", (path) => symlinkSync("note.json", join(path, "ambit/z")), "is a symbolic link"],
    [
      "it holds nothing",
      (path) => ["ambit", "stacks", "manifest.json"].forEach((entry) => rmSync(join(path, entry), { recursive: true })),
      "holds no files",
    ],
    ["terraform init has run", put("stacks/agents/.terraform/x", ""), "run terraform init after this"],
  ])("%s: exit code 1", async (name, change, why) => {
    const path = after(name, change);
    expect(await verify(json, path)).toEqual({ code: 1, stdout: "", stderr: expect.stringContaining(why) });
  });

  test("there is no such folder: exit code 1", async () => {
    const path = join(folder.path, "missing");
    const stderr = `ambit: ${path} must be a folder that synth wrote: get the one that was reviewed, or name another\n`;
    expect(await verify(digest, path)).toEqual({ code: 1, stdout: "", stderr });
  });
});

describe("is called wrongly, exit code 64,", () => {
  test.each([
    ["with too few digits", "sha256:abc"],
    ["with capital letters", `sha256:${"A".repeat(64)}`],
    ["with more behind it", `sha256:${"a".repeat(64)} `],
    ["with a capital name", `SHA256:${"a".repeat(64)}`],
    ["without its name", "a".repeat(64)],
  ])("by a digest %s", async (_, given) => {
    const stderr = `ambit: the digest must be sha256: and 64 digits of 0-9 and a-f, got ${JSON.stringify(given)}\n`;
    expect(await verify(given, reviewed)).toEqual({ code: 64, stdout: "", stderr });
  });

  test.each<readonly [string, string, string]>([
    ["no JSON", "{", "cannot be read as JSON"],
    ["a list", "[]", "must be a JSON object"],
    ["no digests", "{}", "must hold digests.head, got undefined"],
    ["digests that are none", '{"digests":"x"}', "must hold digests.head, got undefined"],
    ["a digest of wrong form", '{"digests":{"head":"sha256:1"}}', 'must hold digests.head, got "sha256:1"'],
    ["no files", `{"digests":{"head":"sha256:${"a".repeat(64)}"}}`, "must hold files"],
    [
      "a file without a digest",
      `{"digests":{"head":"sha256:${"a".repeat(64)}"},"files":{"a":1}}`,
      "a SHA-256 for a, got 1",
    ],
    [
      "files of another digest",
      `{"digests":{"head":"sha256:${"a".repeat(64)}"},"files":{"a":"${"b".repeat(64)}"}}`,
      "says of its files something else than its digest",
    ],
  ])("by a review with %s", async (name, content, why) => {
    const path = folder.put(`${name.replaceAll(" ", "-")}.json`, content);
    expect(await verify(path, reviewed)).toEqual({ code: 64, stdout: "", stderr: expect.stringContaining(why) });
  });

  test("by a review of a folder that held more than was read: it names no digest", async () => {
    folder.put("plain/main.tf.json", STACK);
    folder.put("plain/README.md", "text");
    const plain = join(folder.path, "plain");
    const { stdout } = await called([reviewCommand], "review", plain, plain, "--json");
    const { code, stderr } = await verify(folder.put("plain.json", stdout), plain);
    expect([code, stderr]).toEqual([64, expect.stringContaining("must hold digests.head, got undefined")]);
  });

  test("by a review that is not there", async () => {
    const { code, stderr } = await verify(join(folder.path, "none.json"), reviewed);
    expect([code, stderr]).toEqual([
      64,
      expect.stringContaining("name a digest, sha256:…, or the JSON of ambit review"),
    ]);
  });

  test("without anything to compare with", async () => {
    expect((await verify()).code).toBe(64);
  });
});
