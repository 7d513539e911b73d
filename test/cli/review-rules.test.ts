import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { reviewCommand } from "../../cli/review";
import { called, scratch } from "../support/cli";

const folder = scratch("review-rules");
const before = process.cwd();
beforeAll(() => {
  mkdirSync(join(folder.path, "work"));
  process.chdir(join(folder.path, "work"));
});
afterEach(() => rmSync(join(folder.path, "work/ambit.review.json"), { force: true }));
afterAll(() => process.chdir(before));

const STACK = "stacks/a/cdk.tf.json";
const roleFor = (service: string) => {
  const trust = { Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: service } }] };
  return JSON.stringify({
    resource: { aws_iam_role: { backup: { name: "backup", assume_role_policy: JSON.stringify(trust) } } },
  });
};
folder.put(`base/${STACK}`, roleFor("backup.amazonaws.com"));
folder.put(`head/${STACK}`, roleFor("ec2.amazonaws.com"));
const [base, head] = [join(folder.path, "base"), join(folder.path, "head")];

const RULES = {
  version: "ambit.review-rules/1",
  approvals: [{ name: "who-they-are", when: { kinds: ["trust"] }, approvers: ["@acme/security"] }],
  default: { approvers: ["@acme/platform"] },
};
const LAX = { version: "ambit.review-rules/1", default: { approvers: ["mallory"] } };
const put = (file: string, content: object | string) =>
  folder.put(file, typeof content === "string" ? content : JSON.stringify(content));

interface Read {
  readonly requiresApproval: boolean;
  readonly approvals: readonly { readonly rule: string; readonly approvers: readonly string[] }[];
  readonly unknown: readonly { readonly what: string }[];
}

const review = (...args: readonly string[]) => called([reviewCommand], "review", ...args);
const read = async (...args: readonly string[]): Promise<Read & { readonly code: number; readonly stderr: string }> => {
  const { code, stdout, stderr } = await review(...args, "--json");
  return { code, stderr, ...(JSON.parse(stdout) as Read) };
};
const rulesIn = ({ approvals }: Read) => approvals.map(({ rule, approvers }) => [rule, ...approvers]);

test("without rules, any reviewer may approve", async () => {
  expect(rulesIn(await read(base, head))).toEqual([["default"]]);
});

test("the rules of the working directory apply", async () => {
  put("work/ambit.review.json", RULES);
  expect(rulesIn(await read(base, head))).toEqual([["who-they-are", "@acme/security"]]);
});

test("others apply where they are named, and those of the working directory do not", async () => {
  put("work/ambit.review.json", RULES);
  const other = put("other.json", { ...RULES, approvals: [] });
  expect(rulesIn(await read(base, head, "--rules", other))).toEqual([["default", "@acme/platform"]]);
});

test("who must approve changes no exit code", async () => {
  put("work/ambit.review.json", RULES);
  expect((await read(base, head)).code).toBe(2);
  expect(await read(base, base)).toMatchObject({ code: 0, requiresApproval: false, approvals: [] });
});

describe("rules that the pull request brings", () => {
  const theirs = put("with-rules/ambit.review.json", LAX);
  put(`with-rules/${STACK}`, roleFor("ec2.amazonaws.com"));
  const withRules = join(folder.path, "with-rules");

  test("are not looked for", async () => {
    expect(rulesIn(await read(base, withRules))).toEqual([["default"]]);
    put("work/ambit.review.json", RULES);
    expect(rulesIn(await read(base, withRules))).toEqual([["who-they-are", "@acme/security"]]);
  });

  test("are refused where --rules names them", async () => {
    expect(await review(base, withRules, "--rules", theirs)).toEqual({
      code: 1,
      stdout: "",
      stderr: `ambit: ${theirs} lies in ${withRules}, so that head would say what it needs: name the rules of the base\n`,
    });
  });

  test("are refused through a link", async () => {
    const link = join(folder.path, "link.json");
    symlinkSync(theirs, link);
    expect(await review(base, withRules, "--rules", link)).toMatchObject({ code: 1, stdout: "" });
  });

  test("are refused where the review runs in head", async () => {
    process.chdir(withRules);
    const { code, stdout } = await review(base, ".");
    process.chdir(join(folder.path, "work"));
    expect([code, stdout]).toEqual([1, ""]);
  });
});

test("a file that is guarded and changes needs approval", async () => {
  const changed = put("changed", "README.md\0package-lock.json\0");
  const { code, requiresApproval, unknown, approvals } = await read(base, base, "--changed", changed);
  expect([code, requiresApproval, approvals.length]).toEqual([2, true, 1]);
  expect(unknown.map(({ what }) => what)).toEqual(["the dependencies package-lock.json"]);
});

test("so do the rules themselves, under any name", async () => {
  const rules = put("our-rules.json", { ...RULES, unguarded: [{ files: "**", reason: "none" }] });
  const changed = put("changed", "ci/our-rules.json\nmain.ts\n");
  const { unknown } = await read(base, base, "--rules", rules, "--changed", changed);
  expect(unknown.map(({ what }) => what)).toEqual(["the review rules ci/our-rules.json"]);
});

test("and so does the file to which they are a link", async () => {
  symlinkSync(put("shared-rules.json", RULES), join(folder.path, "work/ambit.review.json"));
  const changed = put("changed", "ci/shared-rules.json\0");
  const { unknown } = await read(base, base, "--changed", changed);
  expect(unknown.map(({ what }) => what)).toEqual(["the review rules ci/shared-rules.json"]);
});

test("what was acknowledged until yesterday is named", async () => {
  const access = { finding: "undeclared", kind: "trust", what: "a", witness: "b", address: "c", reason: "d" };
  put("work/ambit.review.json", { ...RULES, acknowledged: [{ ...access, until: "2020-01-01" }] });
  const { code, stderr } = await review(base, base);
  expect([code, stderr]).toEqual([
    0,
    "ambit: ambit.review.json: acknowledged[0] held until 2020-01-01 and hides nothing any more\n",
  ]);
});

test.each<readonly [string, () => readonly string[], string]>([
  [
    "a key of the rules is misspelt",
    () => ["--rules", put("misspelt.json", { ...RULES, aprovals: [] })],
    'misspelt.json: aprovals: no such key is known: did you mean "approvals"?',
  ],
  ["there are no such rules", () => ["--rules", join(folder.path, "none.json")], "none.json cannot be read: ENOENT"],
  ["the rules are a folder", () => ["--rules", folder.path], "cannot be read: EISDIR"],
  ["there is no such list", () => ["--changed", join(folder.path, "none")], "none cannot be read: ENOENT"],
  [
    "the list names what is no path",
    () => ["--changed", put("bad", "../a\n")],
    "bad: path 1: must be a path from the root of the repository",
  ],
])("fails when %s, and reviews nothing", async (_, args, says) => {
  const { code, stdout, stderr } = await review(base, head, ...args());
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^ambit: /);
  expect(stderr).toContain(says);
});

test("fails when the rules of the working directory are a link to nowhere", async () => {
  symlinkSync("nowhere", "ambit.review.json");
  const { code, stdout, stderr } = await review(base, head);
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/^ambit: ambit\.review\.json cannot be read: ENOENT/);
});

test("a misspelt key of the working directory's rules fails too", async () => {
  put("work/ambit.review.json", { ...RULES, defaults: {} });
  const { code, stdout, stderr } = await review(base, base);
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toBe('ambit: ambit.review.json: defaults: no such key is known: did you mean "default"?\n');
});

test("help says where rules and changed files come from", async () => {
  const { stdout } = await review("--help");
  expect(stdout).toContain("--rules <file>");
  expect(stdout).toContain("--changed <file>");
  expect(stdout).toContain("are refused if they lie in head");
});
