import { readFileSync } from "node:fs";
import { join } from "node:path";
import { blastRadiusCommand } from "../../cli/blast-radius";
import { called, scratch } from "../support/cli";
import { synthesize } from "../support/example-app";
import { filesOf } from "../support/review/folders";

const folder = scratch("blast-radius");
for (const [file, content] of Object.entries(filesOf(synthesize()))) folder.put(`cdktf.out/${file}`, content);
const dir = join(folder.path, "cdktf.out");
const radius = (...args: readonly string[]) => called([blastRadiusCommand], "blast-radius", ...args);

const DATA = /<script type="application\/json" id="data">([^]*?)<\/script>/;

test("terminal, JSON and page say the same", async () => {
  const page = join(folder.path, "radius.html");
  const terminal = await radius("support-triage", "--dir", dir);
  const json = await radius("support-triage", "--dir", dir, "--json", "--html", page);
  expect([terminal.code, json.code, terminal.stderr, json.stderr]).toEqual([0, 0, "", ""]);
  const { version, summary, reached } = JSON.parse(json.stdout) as {
    readonly version: string;
    readonly summary: string;
    readonly reached: readonly { readonly target: string; readonly does: string }[];
  };
  const shown = JSON.parse(DATA.exec(readFileSync(page, "utf8"))?.[1] as string) as {
    readonly summary: string;
    readonly groups: readonly { readonly rows: readonly { readonly what: string }[] }[];
  };
  const words = terminal.stdout.replace(/\s+/g, " ");
  const rows = shown.groups.flatMap((group) => group.rows.map(({ what }) => what)).join("\n");
  expect(version).toBe("ambit.blast-radius/1");
  expect(words).toContain(summary);
  expect(shown.summary).toBe(summary);
  for (const { target, does } of reached) {
    const text = ["the network", "its pods", "the cluster"].includes(target) ? does : target;
    expect(words).toContain(text);
    expect(words).toContain(does);
    expect(rows).toContain(text);
    expect(rows).toContain(does);
  }
});

test("ranks every agent", async () => {
  const { code, stdout } = await radius("--all", "--dir", dir);
  expect(code).toBe(0);
  expect(stdout.split("\n")[0]).toMatch(/^agent +harm +identities +datasets /);
  expect(stdout).toMatch(/^press-writer \(suspended\) +0 /m);
  const { agents } = JSON.parse((await radius("--all", "--json", "--dir", dir)).stdout) as {
    readonly agents: object[];
  };
  expect(agents).toHaveLength(9);
});

test("who is called otherwise is asked for by the nearest names: exit code 64", async () => {
  expect(await radius("suport-triage", "--dir", dir)).toEqual({
    code: 64,
    stdout: "",
    stderr: "ambit: no principal is named suport-triage: did you mean support-triage, press-writer, web-reader?\n",
  });
});

test.each([
  [[], "no agent is named: name one, or rank all of them with --all"],
  [["support-triage", "--all"], "--all ranks every agent: leave out support-triage, or --all"],
  [["--all", "--html", "page.html"], "--html shows one agent: name it in the place of --all"],
])("fails when called with %j", async (args, message) => {
  expect(await radius(...args, "--dir", dir)).toEqual({ code: 64, stdout: "", stderr: `ambit: ${message}\n` });
});

test("fails when the folder is none, or cannot be read", async () => {
  const missing = join(folder.path, "missing");
  expect(await radius("a", "--dir", missing)).toEqual({
    code: 1,
    stdout: "",
    stderr: `ambit: ${missing} must be a folder that synth wrote: run synth first, or name another\n`,
  });
  folder.put("broken/stacks/agents/cdk.tf.json", "{ ");
  const { code, stderr } = await radius("a", "--dir", join(folder.path, "broken"));
  expect(code).toBe(1);
  expect(stderr).toMatch(/^ambit: stacks\/agents\/cdk\.tf\.json/);
});
