import { type AgentDeclaration, Fleet, fixedClock, registryJson, registryOf, TrustDomain } from "../../../domain";
import type { Acknowledgement } from "../../../domain/acknowledgement";
import type { Inventory } from "../../../governance/inventory/inventory";
import { inventoryOf } from "../../../governance/inventory/inventory-of";
import type { AcknowledgedResource, Output } from "../../../governance/inventory/output";
import type { Registry } from "../../../review/reach/declared/registry";
import { readRegistry } from "../../../review/reach/declared/read-registries";
import { agentOf } from "../domain";

/** The day on which the fleets of these tests are synthesized */
export const TODAY = "2026-12-01";

export const ACKNOWLEDGED: Acknowledgement = {
  finding: "AMBIT-IAM-1[s3:*]",
  hash: "0123456789abcdef0123456789abcdef",
  reason: "the bucket is shared until the move",
  owner: "storage@acme.example",
  expires: "2027-01-31",
};

/** A text that each format could take for more than text */
export const HOSTILE = `=HYPERLINK("https://evil.example") | <img src=x onerror=alert(1)> [x](https://evil.example) @all \u001b[2J\u202e`;

/** The registry of a fleet, as synth writes it and a reader reads it */
export function registryOfFleet(...agents: readonly AgentDeclaration[]): Registry {
  const facts = {
    trustDomain: TrustDomain.of("prod.acme.example", "test"),
    clock: fixedClock(TODAY),
    domains: [],
    trust: { issuers: [], starters: [] },
  };
  const fleet = Fleet.of(...agents.map((declaration) => ({ declaration })));
  return read(JSON.parse(registryJson(registryOf(fleet, facts))));
}

/** @throws where it is no registry */
export function read(document: unknown): Registry {
  const { registry, problems } = readRegistry(document);
  if (registry === undefined) throw new Error(problems.map(({ path, why }) => `${path.join(".")}: ${why}`).join("\n"));
  return registry;
}

export function outputOf(registry: Registry, acknowledged: readonly AcknowledgedResource[] = []): Output {
  return {
    registry,
    resources: new Map(),
    acknowledged,
    sourceOf: (agent) => (agent === "triage" ? { file: "fleet/agents/triage.ts", line: 5 } : undefined),
  };
}

export function inventoryOfFleet(...agents: readonly AgentDeclaration[]): Inventory {
  return inventoryOf(outputOf(registryOfFleet(...agents)));
}

/** One agent whose every text that a declaration may choose is hostile, as a registry that others wrote may have it */
export function hostileInventory(): Inventory {
  const registry = registryOfFleet(agentOf());
  const { triage } = registry.agents;
  const hostile = {
    ...triage,
    owner: HOSTILE,
    purpose: HOSTILE,
    clients: [HOSTILE],
    acknowledged: [{ ...ACKNOWLEDGED, reason: HOSTILE, owner: HOSTILE }],
  };
  return inventoryOf(outputOf(read({ ...plain(registry), agents: { triage: plain(hostile) } })));
}

/** As a file has it: levels by their names */
function plain(value: unknown): object {
  return JSON.parse(
    JSON.stringify(value, (_, one: unknown) =>
      typeof one === "object" && one !== null && "rank" in one && "name" in one ? one.name : one,
    ),
  ) as object;
}

/** So many agents, each of which uses what the others use, and hands work to the next */
export function many(count: number): Inventory {
  const one = inventoryOfFleet(agentOf());
  const [agent] = one.agents;
  if (agent === undefined) throw new Error("no agent");
  const agents = Array.from({ length: count }, (_, at) => ({
    ...agent,
    name: `agent-${String(at).padStart(5, "0")}`,
    delegatesTo: at + 1 < count ? [`agent-${String(at + 1).padStart(5, "0")}.answer`] : [],
  }));
  return { ...one, agents };
}
