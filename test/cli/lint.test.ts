import { readFileSync } from "node:fs";
import { join } from "node:path";
import { lintCommand } from "../../cli/lint";
import { RULES } from "../../constructs/guardrails/rules";
import { called, scratch } from "../support/cli";
import { synthesize } from "../support/example-app";
import { guardrailCases } from "../support/guardrails/cases";
import { filesOf } from "../support/review/folders";
import { sarifErrors } from "../support/sarif-schema";

const folder = scratch("lint");
const put = (name: string, files: Readonly<Record<string, string | Buffer>>): string => {
  for (const [file, content] of Object.entries(files)) folder.put(`${name}/${file}`, content);
  return join(folder.path, name);
};
const lint = (...args: readonly string[]) => called([lintCommand], "lint", ...args);

const KEY = { resource: { aws_iam_access_key: { ci: { user: "ci" } } } };
const bad = put("bad", { "main.tf.json": JSON.stringify(KEY) });

test("the example has no finding, and the report says how much was judged", async () => {
  const { code, stdout } = await lint(put("cdktf.out", filesOf(synthesize())));
  expect(stdout).toMatch(/^no findings in \d{3} blocks of 6 stacks and 9 agents, by \d+ rules\n$/);
  expect(code).toBe(0);
});

test("fails when a folder that others wrote has a finding: place, value, reason, fix and hash", async () => {
  expect(await lint(bad)).toEqual({
    code: 1,
    stderr: "",
    stdout: [
      "stack root",
      "  critical AMBIT-CREDENTIALS-ACCESS-KEY[aws_iam_access_key] at aws_iam_access_key.ci user",
      '    no access key of an IAM user may be made, got "ci"',
      "    because: the key works from anywhere until it is deleted, and everyone who reads Terraform's state has its secret",
      '    fix: give the workload a role, which it becomes by its SVID; or acknowledge "AMBIT-CREDENTIALS-ACCESS-KEY[aws_iam_access_key]" with hash "83198a8da717835b9a87be25c3ff1d02"',
      "",
      `1 finding (1 critical) in 1 block of 1 stack and 0 agents, by ${RULES.length} rules`,
      "",
    ].join("\n"),
  });
});

test("each refused case of a rule is found in a folder too", async () => {
  for (const { rule, refuses } of Object.values(guardrailCases()).flat()) {
    const [first] = refuses;
    const dir = put(`case-${rule}`, { "main.tf.json": JSON.stringify(first?.json) });
    const { code, stdout } = await lint(dir, "--json", "--rule", rule);
    const ids = (JSON.parse(stdout) as { refused: { id: string }[] }).refused.map(({ id }) => id);
    expect({ rule, code, ids: [...ids].sort() }).toEqual({
      rule,
      code: 1,
      ids: first?.findings.map((what) => `${rule}[${what}]`),
    });
  }
});

test("an expression that the reader can work out is judged by what it stands for", async () => {
  const statement = '{Effect="Allow",Action="s3:*",Resource="*"}';
  const policy = `\${jsonencode({Version="2012-10-17",Statement=[${statement}]})}`;
  const dir = put("hcl", { "main.tf.json": JSON.stringify({ resource: { aws_iam_policy: { p: { policy } } } }) });
  const { stdout } = await lint(dir, "--rule", "AMBIT-IAM-ACTION-WILDCARD");
  expect(stdout).toContain("AMBIT-IAM-ACTION-WILDCARD[Action::s3:*] at aws_iam_policy.p policy.Statement[0].Action");
});

test("with some rules alone, an acknowledgement of what another rule finds is not void, and one of no rule is", async () => {
  const key = (finding: string) => ({
    user: "ci",
    "//": {
      acknowledged: {
        ["0".repeat(32)]: { finding, reason: "a trial of keys", owner: "ci@acme.example", expires: "2027-03-31" },
      },
    },
  });
  const dir = (name: string, finding: string) =>
    put(name, { "main.tf.json": JSON.stringify({ resource: { aws_iam_access_key: { ci: key(finding) } } }) });
  const one = ["--rule", "AMBIT-IAM-NOT-ACTION"];
  expect((await lint(dir("other", "AMBIT-CREDENTIALS-ACCESS-KEY[aws_iam_access_key]"), ...one)).code).toBe(0);
  expect((await lint(dir("none", "AMBIT-CREDENTIALS-ACCES-KEY[aws_iam_access_key]"), ...one)).code).toBe(1);
});

test("what is acknowledged is listed, and its folder is clean until the day", async () => {
  const acknowledged = (expires: string) => ({
    "83198a8da717835b9a87be25c3ff1d02": {
      finding: "AMBIT-CREDENTIALS-ACCESS-KEY[aws_iam_access_key]",
      reason: "the vendor knows no roles yet",
      owner: "ci@acme.example",
      expires,
    },
  });
  const key = (expires: string) => ({ user: "ci", "//": { acknowledged: acknowledged(expires) } });
  const in30Days = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  const dir = (name: string, expires: string) =>
    put(name, { "main.tf.json": JSON.stringify({ resource: { aws_iam_access_key: { ci: key(expires) } } }) });
  const good = await lint(dir("until", in30Days));
  expect(good.code).toBe(0);
  expect(good.stdout).toContain(
    `acknowledged\n  AMBIT-CREDENTIALS-ACCESS-KEY[aws_iam_access_key] at aws_iam_access_key.ci: the vendor knows no roles yet (ci@acme.example, until ${in30Days})`,
  );
  const ended = await lint(dir("ended", "2026-01-31"));
  expect(ended.code).toBe(1);
  expect(ended.stdout).toContain("(ci@acme.example, until 2026-01-31) counts for nothing: its day has come");
});

test("SARIF is valid, and has each finding with its rule", async () => {
  const file = join(folder.path, "lint.sarif");
  expect((await lint(bad, "--sarif", file)).code).toBe(1);
  const text = readFileSync(file, "utf8");
  expect(sarifErrors(text)).toEqual([]);
  const [run] = (JSON.parse(text) as { runs: { results: { ruleId: string; level: string }[] }[] }).runs;
  expect(run?.results).toMatchObject([{ ruleId: "AMBIT-CREDENTIALS-ACCESS-KEY", level: "error" }]);
});

/** By the file: what it holds, and the line of its finding */
const FILES: Readonly<Record<string, readonly [object, number]>> = {
  "sub/keys.tf.json": [{ variable: {}, resource: KEY.resource }, 5],
  "sub/more.tf.json": [{ resource: [{ aws_iam_access_key: [{ more: [{ user: "ci" }] }] }] }, 6],
  "output/main.tf.json": [{ output: { key: { value: "${aws_iam_access_key.x.secret}" } } }, 3],
  "provider/main.tf.json": [{ provider: { aws: [{ access_key: "AKIAABCDEFGHIJKLMNOP" }] } }, 3],
  "state/main.tf.json": [{ terraform: { backend: { http: { address: "http://acme.example" } } } }, 4],
  "check/main.tf.json": [{ check: { a: { data: { external: { x: { program: ["sh"] } } } } } }, 6],
  "removed/main.tf.json": [{ removed: [{ from: "aws_x.y", provisioner: [{ "local-exec": { command: "true" } }] }] }, 2],
  "module/main.tf.json": [{ module: { x: { source: "./x" } } }, 3],
};

test("--sarif names the file and the line of each block, also of a folder that synth did not write", async () => {
  const written = Object.entries(FILES).map(([name, [json]]) => [name, JSON.stringify(json, undefined, 2)] as const);
  const dir = put("others", Object.fromEntries(written));
  const file = join(folder.path, "others.sarif");
  expect((await lint(dir, "--sarif", file)).code).toBe(1);
  const text = readFileSync(file, "utf8");
  expect(sarifErrors(text)).toEqual([]);
  const [run] = (JSON.parse(text) as { runs: { results: { locations: { physicalLocation: Place }[] }[] }[] }).runs;
  const places = run?.results.map(({ locations: [where] }) => {
    const { artifactLocation, region } = where?.physicalLocation as Place;
    return `${artifactLocation.uri.slice(dir.length + 1)}:${region.startLine}`;
  });
  expect([...new Set(places)].sort()).toEqual(
    Object.entries(FILES)
      .map(([name, [, line]]) => `${name}:${line}`)
      .sort(),
  );
});

interface Place {
  readonly artifactLocation: { readonly uri: string };
  readonly region: { readonly startLine: number };
}

test("--sarif names files from the folder in which it is called", async () => {
  const file = join(folder.path, "near.sarif");
  const cwd = jest.spyOn(process, "cwd").mockReturnValue(folder.path);
  await lint(bad, "--sarif", file);
  cwd.mockRestore();
  expect(readFileSync(file, "utf8")).toContain('"uri": "bad/main.tf.json"');
});

test("fails when an acknowledgement is malformed: the text, JSON and SARIF say what to write instead", async () => {
  const given = { finding: "AMBIT-X[y]", reason: "a trial of keys", owner: "ci", expires: "2027-03-31" };
  const group = { name: "ci", "//": { acknowledged: { ["0".repeat(32)]: given } } };
  const dir = put("malformed", { "main.tf.json": JSON.stringify({ resource: { aws_iam_group: { ci: group } } }) });
  const why = 'owner must be a mail address such as "team@acme.example", got "ci"';
  const file = join(folder.path, "malformed.sarif");
  const { code, stdout } = await lint(dir, "--sarif", file);
  expect(code).toBe(1);
  expect(stdout).toContain(`at aws_iam_group.ci is malformed and counts for nothing: ${why}\n`);
  expect(stdout).toContain("0 findings, 1 malformed acknowledgement in 1 block");
  expect(JSON.parse((await lint(dir, "--json")).stdout)).toMatchObject({ isClean: false, malformed: [{ why }] });
  const text = readFileSync(file, "utf8");
  expect(sarifErrors(text)).toEqual([]);
  expect(JSON.parse(text)).toMatchObject({
    runs: [
      {
        invocations: [
          {
            toolExecutionNotifications: [
              { level: "error", message: { text: expect.stringContaining(why) as unknown } },
            ],
          },
        ],
      },
    ],
  });
});

test("--list lists every rule", async () => {
  const { code, stdout } = await lint("--list", "--json");
  expect(code).toBe(0);
  expect((JSON.parse(stdout) as { id: string }[]).map(({ id }) => id)).toEqual(RULES.map(({ id }) => id));
});

test("fails when something is not read: it is no clean folder", async () => {
  const dir = put("hcl-only", { "main.tf": 'resource "a" "b" {}', "other.tf.json": "{}" });
  const { code, stdout } = await lint(dir);
  expect(code).toBe(1);
  expect(stdout).toContain("not read, and not judged\n");
});

test("fails when there is nothing to judge", async () => {
  const { code, stdout } = await lint(put("empty", { "main.tf.json": "{}" }));
  expect(code).toBe(1);
  expect(stdout).toMatch(/^nothing was judged in 0 blocks/);
});

test("a value of a stranger moves no cursor", async () => {
  const dir = put("hostile", {
    "main.tf.json": JSON.stringify({ resource: { aws_iam_access_key: { ci: { user: "\u001b[2Jci\nok" } } } }),
  });
  const { stdout } = await lint(dir);
  expect(stdout).not.toContain("\u001b");
  expect(stdout).toContain("\\u001b[2Jci\\nok");
});

test.each<[string, readonly string[], number, string]>([
  [
    "the folder is not there",
    ["none"],
    1,
    "ambit: none must be a folder that synth wrote: run synth first, or name another\n",
  ],
  [
    "the rule is not there",
    [bad, "--rule", "AMBIT-CREDENTIALS-ACCES-KEY"],
    64,
    'ambit: --rule must be the id of a rule, got "AMBIT-CREDENTIALS-ACCES-KEY", did you mean "AMBIT-CREDENTIALS-ACCESS-KEY": `ambit lint --list` lists them\n',
  ],
])("fails when %s", async (_, args, code, stderr) => {
  expect(await lint(...args)).toEqual({ code, stdout: "", stderr });
});

test("fails when the registry was taken out of what synth wrote", async () => {
  const { "ambit/registry.json": _, ...rest } = filesOf(synthesize());
  const { code, stdout } = await lint(put("without-registry", rest));
  expect(code).toBe(1);
  expect(stdout).toContain("  ambit/registry.json: it is not in the folder, so no agent is judged: run synth again\n");
});

test("fails when the registry is none", async () => {
  const dir = put("torn", { ...filesOf(synthesize()), "ambit/registry.json": '{"agents":{}}' });
  const { code, stderr } = await lint(dir);
  expect(code).toBe(1);
  expect(stderr).toContain("ambit/registry.json is no registry of this version: run synth again");
});

describe("with the platform's images", () => {
  const DIGEST = `@sha256:${"3".repeat(64)}`;
  const IMAGES = { "spire-agent": `mirror.acme.example/spiffe/spire-agent${DIGEST}` };
  const named = (name: string, json: unknown): string => join(put("images", { [name]: JSON.stringify(json) }), name);
  /** The example's agent with an image, in a folder without its server */
  function agentFolder(name: string, image: string): string {
    const { resource } = JSON.parse(synthesize().stacks.spire) as {
      resource: { kubernetes_daemon_set_v1: Record<string, { metadata: { name: string } }> };
    };
    const sets = resource.kubernetes_daemon_set_v1;
    const agent = Object.values(sets).find(({ metadata }) => metadata.name === "spire-agent");
    const text = JSON.stringify({ resource: { kubernetes_daemon_set_v1: { agent } } });
    return put(name, { "main.tf.json": text.replace(/"image":"[^"]*"/, `"image":${JSON.stringify(image)}`) });
  }
  const NODE = ["--rule", "AMBIT-KUBERNETES-HOST-NAMESPACE"];
  const mirrored = agentFolder("mirrored", IMAGES["spire-agent"]);

  test("SPIRE's agent without its server may use its node with the image of the file", async () => {
    expect((await lint(mirrored, ...NODE, "--images", named("images.json", IMAGES))).code).toBe(0);
  });

  test("fails when no file says that the image is the platform's", async () => {
    expect(await lint(mirrored, ...NODE)).toMatchObject({ code: 1, stdout: expect.stringContaining("[host_pid]") });
  });

  test("fails when the file has another digest", async () => {
    const other = named("other.json", { "spire-agent": IMAGES["spire-agent"].replace("3".repeat(64), "4".repeat(64)) });
    expect((await lint(mirrored, ...NODE, "--images", other)).code).toBe(1);
  });
});
