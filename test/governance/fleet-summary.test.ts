import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { registryJson, registryOf, Fleet, fixedClock, TrustDomain } from "../../domain";
import { fleetSummary } from "../../governance/fleet-summary";
import { agentOf, bucket, httpTool } from "../support/domain";

let outdir: string;

beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), "ambit-summary-"));
  mkdirSync(join(outdir, "ambit"));
  writeFileSync(join(outdir, "manifest.json"), JSON.stringify({ stacks: {} }));
});
afterEach(() => rmSync(outdir, { recursive: true }));

test("the horizon is that of the longest path, and 0 for an agent that reaches nothing", () => {
  const look = { startedBy: "user", tools: [httpTool("crm").allow("get")], data: [bucket("logs").read()] } as const;
  const fleet = Fleet.of({ declaration: agentOf({ tasks: { look } }, "busy") }, { declaration: agentOf({}, "idle") });
  const facts = {
    trustDomain: TrustDomain.of("prod.acme.example", "test"),
    clock: fixedClock("2026-12-01"),
    domains: [],
    trust: { issuers: [], starters: [] },
  };
  writeFileSync(join(outdir, "ambit", "registry.json"), registryJson(registryOf(fleet, facts)));
  expect(fleetSummary(outdir).map(({ agent, revocationHorizonSeconds }) => [agent, revocationHorizonSeconds])).toEqual([
    ["busy", 900],
    ["idle", 0],
  ]);
});
