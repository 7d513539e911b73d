import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { reviewCommand } from "../../cli/review";
import { called, scratch } from "../support/cli";
import { synthesize } from "../support/example-app";
import { type Files, filesOf, withEdits } from "../support/review/folders";

const PAGE = readFileSync(resolve(__dirname, "../../docs/review-a-pull-request.md"), "utf8");
const POLICY = "resource/aws_iam_role_policy/support-triage_Role_Access_F889D58A/policy";

const folder = scratch("review");
const example = filesOf(synthesize());

const put = (name: string, files: Files): string => {
  for (const [file, content] of Object.entries(files)) folder.put(`${name}/${file}`, content);
  return join(folder.path, name);
};
const base = put("base.out", example);
const wider = put(
  "cdktf.out",
  withEdits(example, [{ file: "stacks/agents/cdk.tf.json", at: POLICY, from: "acme-kb/articles/*", to: "acme-kb/*" }]),
);
const review = (...args: readonly string[]) => called([reviewCommand], "review", ...args);

// Where there are no rules
const before = process.cwd();
beforeAll(() => process.chdir(folder.path));
afterAll(() => process.chdir(before));

test("an unchanged folder has no gains: exit code 0", async () => {
  expect(await review(base, base)).toEqual({ code: 0, stdout: expect.stringMatching(/^No /i), stderr: "" });
});

test("the page shows what the command prints, and exit code 2 says that people are asked", async () => {
  const { code, stdout, stderr } = await review(base, wider);
  const [, shown] = /^\$ npx ambit review base\.out cdktf\.out\n([\s\S]*?)^```$/m.exec(PAGE) ?? [];
  expect({ code, stderr }).toEqual({ code: 2, stderr: "" });
  expect(stdout).toBe(shown);
});

test("the other way round it is a loss, and needs no approval", async () => {
  const { code, stdout } = await review(wider, base);
  expect(code).toBe(0);
  expect(stdout).toContain("- action: s3:GetObject on arn:aws:s3:::acme-kb/*");
});

test("programs get all of it", async () => {
  const { code, stdout } = await review(base, wider, "--json");
  const { version, requiresApproval, agents } = JSON.parse(stdout);
  expect({ code, version, requiresApproval }).toEqual({ code: 2, version: "ambit.review/1", requiresApproval: true });
  expect(agents).toEqual([
    expect.objectContaining({
      id: "support-triage",
      gains: [expect.objectContaining({ kind: "action", witness: expect.stringContaining("s3:GetObject on arn:") })],
      losses: [],
    }),
  ]);
});

test("a comment, SARIF and a page are written beside", async () => {
  const [comment, sarif, page] = ["comment.md", "review.sarif", "page.html"].map((file) => join(folder.path, file)) as [
    string,
    string,
    string,
  ];
  expect((await review(base, wider, "--markdown", comment, "--sarif", sarif, "--html", page)).code).toBe(2);
  expect(readFileSync(page, "utf8")).toContain("support-triage");
  expect(readFileSync(comment, "utf8")).toContain("support-triage");
  expect(JSON.parse(readFileSync(sarif, "utf8")).version).toBe("2.1.0");
});

test("fails when a folder is none", async () => {
  const missing = join(folder.path, "missing");
  expect(await review(base, missing)).toEqual({
    code: 1,
    stdout: "",
    stderr: `ambit: ${missing} must be a folder that synth wrote: run synth first, or name another\n`,
  });
});

test("fails when a file of head is no JSON, and reviews nothing", async () => {
  const broken = put("broken", { ...example, "stacks/agents/cdk.tf.json": "{ " });
  const { code, stdout, stderr } = await review(base, broken);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^ambit: stacks\/agents\/cdk\.tf\.json: /);
});

test("fails when the comment cannot be written", async () => {
  const { code, stderr } = await review(base, base, "--markdown", join(dirname(base), "nowhere", "comment.md"));
  expect(code).toBe(1);
  expect(stderr).toMatch(/^ambit: .*comment\.md cannot be written: /);
});

test("fails when one folder is given", async () => {
  expect(await review(base)).toEqual({ code: 64, stdout: "", stderr: "ambit: missing required argument 'head'\n" });
});
