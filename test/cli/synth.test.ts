import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(__dirname, "../..");
let outdir: string;

beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), "ambit-synth-"));
});
afterEach(() => rmSync(outdir, { recursive: true }));

function synth(...args: readonly string[]) {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["-r", "@swc-node/register", "cli/synth.ts", ...args],
    { cwd: ROOT, encoding: "utf8", env: { ...process.env, CDKTF_OUTDIR: outdir, CDKTF_CONTEXT_JSON: "{}" } },
  );
  return { stdout, stderr, status };
}

test("prints one line per agent, without colours where nobody looks", () => {
  const { stdout, stderr, status } = synth();
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const lines = stdout.trimEnd().split("\n");
  expect(lines).toHaveLength(8);
  expect(lines[0]?.split(/ {2,}/)).toEqual([
    "agent",
    "owner",
    "expires",
    "tasks",
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
    "restricted",
    "high",
    "15 min",
    "15 min",
    "5",
  ]);
  expect(lines.find((line) => line.startsWith("press-writer"))).toMatch(/^press-writer \(suspended\) /);
});

test("prints the same as JSON", () => {
  const { stdout, status } = synth("--json");
  expect(status).toBe(0);
  const agents = JSON.parse(stdout) as readonly { agent: string; revocationHorizonSeconds: number }[];
  expect(agents.map(({ agent, revocationHorizonSeconds }) => [agent, revocationHorizonSeconds])).toEqual([
    ["build-watcher", 3900],
    ["ledger-reconciler", 900],
    ["press-writer", 300],
    ["refund-clerk", 300],
    ["researcher", 900],
    ["support-triage", 900],
    ["web-reader", 300],
  ]);
});

test("writes where each agent is declared beside the stacks", () => {
  synth();
  const sources = JSON.parse(readFileSync(join(outdir, "ambit", "sources.json"), "utf8")) as {
    agents: Readonly<Record<string, { file: string; line: number }>>;
  };
  for (const [agent, { file, line }] of Object.entries(sources.agents)) {
    expect(readFileSync(join(ROOT, file), "utf8").split("\n")[line - 1]).toContain(`Agent.define("${agent}"`);
  }
  expect(Object.keys(sources.agents)).toHaveLength(7);
});

test("explains itself", () => {
  expect(synth("--help").stdout).toMatch(/^Usage: npm run synth/);
});

test("fails when an option is unknown, and synthesizes nothing", () => {
  const { status, stderr } = synth("--jsno");
  expect(status).toBe(2);
  expect(stderr).toMatch(/Unknown option '--jsno'/);
  expect(existsSync(join(outdir, "ambit"))).toBe(false);
});
