import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AgentDeclaration, registryJson, registryOf, Fleet, fixedClock, TrustDomain } from "../../../domain";
import { type AgentSummary, fleetSummary } from "../../../governance/inventory/fleet-summary";
import { agentOf, bucket, httpTool } from "../../support/domain";
import { servedPlainly } from "../../support/served";

let outdir: string;

beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), "ambit-summary-"));
  mkdirSync(join(outdir, "ambit"));
  writeFileSync(join(outdir, "cdk.tf.json"), "{}");
  const agents = { name: "agents", synthesizedStackPath: "cdk.tf.json" };
  writeFileSync(join(outdir, "manifest.json"), JSON.stringify({ stacks: { agents } }));
});
afterEach(() => rmSync(outdir, { recursive: true }));

function summaryOf(...agents: readonly AgentDeclaration[]): readonly AgentSummary[] {
  const fleet = Fleet.of(...agents.map((declaration) => ({ declaration })));
  const facts = {
    trustDomain: TrustDomain.of("prod.acme.example", "test"),
    clock: fixedClock("2026-12-01"),
    domains: [],
    trust: { issuers: [], starters: [] },
  };
  writeFileSync(join(outdir, "ambit", "registry.json"), registryJson(registryOf(fleet, facts)));
  return fleetSummary(outdir);
}

test("the horizon is that of the longest path, and 0 for an agent that reaches nothing", () => {
  const look = { startedBy: "user", tools: [httpTool("crm").allow("get")], data: [bucket("logs").read()] } as const;
  const summary = summaryOf(agentOf({ tasks: { look } }, "busy"), agentOf({}, "idle"));
  expect(summary.map(({ agent, revocationHorizonSeconds }) => [agent, revocationHorizonSeconds])).toEqual([
    ["busy", 900],
    ["idle", 0],
  ]);
});

test("callers are exactly the starts of tasks that a way in serves", () => {
  const tasks = {
    answer: { startedBy: ["event", "user"] },
    lookup: { startedBy: "delegation" },
    sweep: { startedBy: "schedule" },
    tidy: { startedBy: "agent" },
  } as const;
  const summary = summaryOf(
    agentOf({ tasks, serves: servedPlainly("answer", "lookup") }, "busy"),
    agentOf({ tasks: { sweep: tasks.sweep } }, "idle"),
  );
  expect(summary.map(({ agent, callers }) => [agent, callers])).toEqual([
    ["busy", ["user", "event", "delegation"]],
    ["idle", []],
  ]);
});
