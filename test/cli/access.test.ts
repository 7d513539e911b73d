import { join } from "node:path";
import { accessCommand } from "../../cli/access";
import { called, scratch } from "../support/cli";
import { synthesize } from "../support/example-app";
import { filesOf } from "../support/review/folders";
import { plain } from "../review/access/estates";

const folder = scratch("access");
const put = (name: string, files: ReturnType<typeof filesOf>): string => {
  for (const [file, content] of Object.entries(files)) folder.put(`${name}/${file}`, content);
  return join(folder.path, name);
};
const fleet = put("cdktf.out", filesOf(synthesize()));
const access = (...args: readonly string[]) => called([accessCommand], "access", ...args);
const usage = (stderr: string) => ({ code: 64, stdout: "", stderr: `ambit: ${stderr}\n` });

const ARTICLE = "arn:aws:s3:::acme-kb/articles/a";
const KEYS = [
  "aws:RequestedRegion=eu-central-1",
  "aws:ResourceAccount=111122223333",
  "aws:SourceIdentity=support-triage",
  "aws:SourceVpc=vpc-0a1b2c3d4e5f60718",
  "aws:ViaAWSService=true",
];
const ask = (...more: readonly string[]) =>
  access(fleet, "support-triage", "--may", "s3:GetObject", "--on", ARTICLE, ...more);

test("every principal has a line, agents first", async () => {
  const { code, stdout } = await access(fleet);
  const [head, first] = stdout.split("\n");
  expect(code).toBe(0);
  expect(head).toMatch(/^AWS +wild +tools +data +highest +rights +unknown +principal$/);
  expect(first).toMatch(/^ +\d+ .* build-watcher$/);
  expect(stdout).toContain("press-writer (suspended)");
});

test("terminal and JSON tell the same pairs, statements, calls and traffic", async () => {
  const { stdout } = await access(fleet, "support-triage");
  const { version, principal } = JSON.parse((await access(fleet, "support-triage", "--json")).stdout);
  const told = stdout.replace(/\s+/g, " ");
  expect(version).toBe("ambit.access/1");
  for (const { name, pairs } of principal.aws.paths) {
    expect(told).toContain(`AWS by ${name} · ${pairs.length === 0 ? "nothing" : pairs.length}`);
    for (const { action, resource, by } of pairs) {
      expect(told).toContain(`${action} on ${resource}`);
      for (const { layer, source } of by) expect(told).toContain(`${layer}: ${source.address}`);
    }
  }
  for (const { calls } of principal.declared.works) {
    for (const { name } of calls) expect(told).toContain(`calls ${name}:`);
  }
  for (const { what } of principal.kubernetes.egress) expect(told).toContain(what);
});

test("a request that lacks condition keys is denied, and which it lacks is told", async () => {
  const { code, stdout } = await ask("--as", "task answer", "--bare");
  expect(code).toBe(0);
  expect(stdout.replace(/\s+/g, " ")).toContain(
    "denied task answer Deny in role: agents/aws_iam_role_policy.support-triage_Role_Access_F889D58A.policy " +
      `(OtherSourceIdentity) it is allowed where ${KEYS.map((key) => key.replace("=", " = ")).join(" and ")}`,
  );
});

test("with these keys it is allowed, by a statement of each layer", async () => {
  const { stdout } = await ask("--where", ...KEYS);
  expect(stdout).toMatch(/^ {2}allowed {2}task answer$/m);
  for (const layer of ["role", "boundary", "session policy"]) expect(stdout).toMatch(new RegExp(`^ +${layer}: `, "m"));
});

test("what a session has that the exchange gives is taken for given, and told", async () => {
  const { code, stdout } = await ask();
  expect(code).toBe(0);
  const context =
    "aws:RequestedRegion = eu-central-1 and aws:ResourceAccount = 111122223333 and aws:SourceIdentity = support-triage and " +
    "aws:SourceVpc = vpc-0a1b2c3d4e5f60718 and aws:ViaAWSService = false and aws:SourceVpce = ${foundation/";
  for (const path of ["its role alone", "task answer"]) {
    expect(stdout.replace(/\s+/g, " ")).toContain(`allowed ${path} in a session that the exchange gives: ${context}`);
  }
  // The policies of the starters' queues let in what sends to them, and no agent.
  expect(stdout.match(/^ +denied .*$/gm)).toEqual(["  denied  its role by policies of resources"]);
});

test.each([
  ["another source identity", "aws:SourceIdentity=ledger-reconciler"],
  ["another network", "aws:SourceVpc=vpc-1"],
  ["another account", "aws:ResourceAccount=444455556666"],
])("but %s is denied as it was given", async (_, key) => {
  const { stdout } = await ask("--where", key);
  expect(stdout).not.toMatch(/^ {2}allowed/m);
  expect(stdout).toMatch(/^ {2}denied {2}task answer$/m);
});

test("what is not the exchange's to see to is asked for still", async () => {
  const table = "arn:aws:dynamodb:eu-central-1:111122223333:table/conversations";
  const { stdout } = await access(fleet, "support-triage", "--may", "dynamodb:GetItem", "--on", table);
  expect(stdout.replace(/\s+/g, " ")).toMatch(
    /it is allowed where dynamodb:LeadingKeys = \$\{aws:PrincipalTag\/ambit-user\}/,
  );
});

test("what nothing allows is told with the layers that do not", async () => {
  const { stdout } = await access(fleet, "support-triage", "--may", "iam:CreateUser", "--on", "*", "--json");
  const { principals } = JSON.parse(stdout);
  const [{ answers }] = principals;
  const alone = answers.find(({ path }: { path: string }) => path === "its role alone");
  expect(alone).toMatchObject({ verdict: "denied", missing: { kind: "allow" } });
  expect(alone.missing.layers).toEqual(expect.arrayContaining(["role", "boundary"]));
});

test("without a principal, every principal is listed", async () => {
  const { stdout } = await access(fleet, "--may", "s3:GetObject", "--on", ARTICLE);
  expect(stdout).toMatch(/^researcher$/m);
  expect(stdout).toMatch(/nothing allows it under any conditions · \d+\n(?: .*\n)* {2}build-watcher$/m);
});

test("an agent without a way into AWS is denied", async () => {
  const { stdout } = await access(fleet, "web-reader", "--may", "s3:GetObject", "--on", ARTICLE);
  expect(stdout).toContain("denied: it has no way into AWS");
});

test("names of strangers move no cursor", async () => {
  const hostile = plain({
    more: { aws_iam_role: { "\u001b[2J\u202e": { name: "x\u001b[2J", assume_role_policy: "{" } } },
  });
  const dir = put("hostile", hostile);
  for (const args of [[dir], [dir, "--json"], [dir, "root/aws_iam_role.\u001b[2J\u202e"], [dir, "\u001b[2J"]]) {
    const { stdout, stderr } = await access(...args);

    expect(`${stdout}${stderr}`).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  }
});

test("fails when no principal has that name, and suggests similar ones", async () => {
  const { code, stdout, stderr } = await access(fleet, "triage");
  expect({ code, stdout }).toEqual({ code: 64, stdout: "" });
  expect(stderr).toMatch(/^ambit: no principal "triage" in .*: name one of support-triage, .*, or another of \d+\n$/);
});

test("fails when there is no principal", async () => {
  const empty = put("empty", { "main.tf.json": "{}" });
  expect(await access(empty, "x")).toEqual(usage(`no principal "x" in ${empty}: it has no principals`));
});

test.each([
  [["--on", "x"], "--on belongs to a question: give --may <action> too"],
  [["--where", "a=b"], "--where belongs to a question: give --may <action> too"],
  [["--may", "s3:Get*", "--on", "x"], '--may must be one action, such as s3:GetObject, got "s3:Get*"'],
  [["--may", "s3:GetObject"], "--may needs --on <resource>; * for actions that have none"],
  [
    ["--may", "s3:GetObject", "--on", "arn:aws:s3:::kb/*"],
    '--on must be one resource, got "arn:aws:s3:::kb/*": write one that it stands for',
  ],
  [["--may", "s3:GetObject", "--on", "x", "--where", "a"], '--where must be <key>=<value>, got "a"'],
])("fails when it is asked wrongly: %j", async (args, error) => {
  expect(await access(fleet, "support-triage", ...args)).toEqual(usage(error));
});

test("fails when a path is none of the principal's", async () => {
  const { code, stderr } = await ask("--as", "task nap");
  expect(code).toBe(64);
  expect(stderr).toMatch(/^ambit: --as must be a path of support-triage, got "task nap": name one of .*"task answer"/);
});

test("fails when the folder is none, and when a file of it is no JSON", async () => {
  const missing = join(folder.path, "missing");
  expect(await access(missing)).toEqual({
    code: 1,
    stdout: "",
    stderr: `ambit: ${missing} must be a folder that synth wrote: run synth first, or name another\n`,
  });
  const broken = put("broken", { "main.tf.json": "{ " });
  expect(await access(broken)).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("main.tf.json") });
});
