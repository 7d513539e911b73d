import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { isDelegateTool, type PolicyDocument } from "../../domain";
import { fleet } from "../../fleet";
import { archive } from "../../images/archive";
import { bundle, BUNDLES } from "../../images/bundles";
import { differingFiles, filesOf } from "../../review/read/digest";

const ROOT = resolve(__dirname, "../..");
let outdir: string;
/** Without options: it takes seconds, and is looked at by several tests */
let printed: ReturnType<typeof synth>;

beforeAll(() => {
  outdir = mkdtempSync(join(tmpdir(), "ambit-synth-"));
  printed = synth();
});
afterAll(() => rmSync(outdir, { recursive: true }));

function synth(...args: readonly string[]) {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["-r", "@swc-node/register", "-r", "./test/support/run/without-stacks.ts", "cli/synth.ts", ...args],
    { cwd: ROOT, encoding: "utf8", env: { ...process.env, CDKTF_OUTDIR: outdir, CDKTF_CONTEXT_JSON: "{}" } },
  );
  return { stdout, stderr, status };
}

test("prints one line per agent, without colours if there is no terminal", () => {
  const { stdout, stderr, status } = printed;
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const lines = stdout.trimEnd().split("\n");
  expect(lines).toHaveLength(10);
  expect(lines[0]?.split(/ {2,}/)).toEqual([
    "agent",
    "owner",
    "expires",
    "tasks",
    "callers",
    "data",
    "risk",
    "credential",
    "horizon",
    "resources",
  ]);
  expect(lines.find((line) => line.startsWith("ledger-reconciler"))?.split(/ {2,}/)).toEqual([
    "ledger-reconciler",
    "finance-systems@acme.example",
    "2027-03-31",
    "login, reconcile",
    "none",
    "restricted",
    "high",
    "15 min",
    "15 min",
    "5",
  ]);
  expect(lines.find((line) => line.startsWith("support-triage"))?.split(/ {2,}/)[4]).toBe("user");
  expect(lines.find((line) => line.startsWith("press-watcher"))?.split(/ {2,}/)[4]).toBe("schedule");
  expect(lines.find((line) => line.startsWith("release-scribe"))?.split(/ {2,}/)[4]).toBe("event");
  expect(lines.find((line) => line.startsWith("press-writer"))).toMatch(/^press-writer \(suspended\) /);
});

test("prints the same as JSON", () => {
  const { stdout, status } = synth("--json");
  expect(status).toBe(0);
  const { agents, warnings } = JSON.parse(stdout) as {
    readonly agents: readonly { agent: string; revocationHorizonSeconds: number }[];
    readonly warnings: readonly unknown[];
  };
  expect(warnings).toEqual([]);
  expect(agents.map(({ agent, revocationHorizonSeconds }) => [agent, revocationHorizonSeconds])).toEqual([
    ["build-watcher", 3900],
    ["ledger-reconciler", 900],
    ["press-watcher", 15],
    ["press-writer", 15],
    ["refund-clerk", 15],
    ["release-scribe", 15],
    ["researcher", 900],
    ["support-triage", 900],
    ["web-reader", 15],
  ]);
});

test("writes where everything is declared beside the stacks", () => {
  type Lines = Readonly<Record<string, { readonly file: string; readonly line: number }>>;
  const { version, agents, tools, datasets } = JSON.parse(
    readFileSync(join(outdir, "ambit", "sources.json"), "utf8"),
  ) as { readonly version: string } & Readonly<Record<"agents" | "tools" | "datasets", Lines>>;
  expect(version).toBe("ambit.sources/2");
  const declared = (lines: Lines, factory: string): readonly string[] =>
    Object.entries(lines).map(([name, { file, line }]) => {
      const text = readFileSync(join(ROOT, file), "utf8").split("\n")[line - 1];
      expect(text).toMatch(new RegExp(`\\b${factory}\\("${name}"`));
      return name;
    });
  expect(declared(agents, "Agent\\.define")).toHaveLength(9);
  expect(declared(tools, "Tool\\.(http|mcp|model)")).toEqual(fleet.tools.map(({ name }) => name));
  expect(declared(datasets, "Dataset\\.(bucket|table|secret|external)")).toEqual(
    expect.arrayContaining(fleet.datasets.map(({ name }) => name)),
  );
});

test("writes what policy engines know of the fleet beside the stacks", () => {
  const policy = JSON.parse(readFileSync(join(outdir, "ambit", "policy.json"), "utf8")) as PolicyDocument;
  const { version, trustDomain, intentRequired, agents, tools } = policy;
  expect([version, trustDomain, intentRequired]).toEqual(["ambit.policy/1", "prod.acme.example", false]);
  const ids = fleet.agents.map(
    (agent) => `spiffe://prod.acme.example/ns/${agent.namespace}/sa/${agent.serviceAccount}`,
  );
  expect(Object.keys(agents).sort()).toEqual(ids.sort());
  expect(Object.keys(tools).filter((name) => !isDelegateTool(name))).toEqual(fleet.tools.map(({ name }) => name));
});

test("the example's starters run the code that npm run bundles makes, and the same source gives the same bytes", () => {
  const made = filesOf(outdir);
  const built = join(outdir, "ambit", "built");
  bundle(ROOT, BUNDLES.starter, built);
  archive(built, `${built}.zip`);
  const archives = [...made].filter(([path]) => path.endsWith("/starter.zip")).map(([, digest]) => digest);
  expect(new Set(archives)).toEqual(
    new Set([
      createHash("sha256")
        .update(readFileSync(`${built}.zip`))
        .digest("hex"),
    ]),
  );
  expect(archives).toHaveLength(2);
  rmSync(outdir, { recursive: true });
  mkdirSync(outdir);
  expect(synth().status).toBe(0);
  expect(differingFiles(made, filesOf(outdir))).toEqual([]);
});

test("explains itself", () => {
  expect(synth("--help").stdout).toMatch(/^Usage: npm run synth/);
});

test("fails when an option is unknown, and synthesizes nothing", () => {
  rmSync(join(outdir, "ambit"), { recursive: true });
  const { status, stderr } = synth("--jsno");
  expect(status).toBe(2);
  expect(stderr).toMatch(/Unknown option '--jsno'/);
  expect(existsSync(join(outdir, "ambit"))).toBe(false);
});
