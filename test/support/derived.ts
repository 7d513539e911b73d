import {
  type AgentDeclaration,
  fixedClock,
  Fleet,
  longestCredential,
  registryOf,
  type RegistryAgent,
  type RegistryDocument,
  revocationHorizon,
  riskOf,
  TrustDomain,
} from "../../domain";

/** The registry of an agent and all its direct and indirect delegates */
export function registryAround(agent: AgentDeclaration, domains: readonly string[] = []): RegistryDocument {
  const agents = new Set([agent]);
  for (const { tasks } of agents) {
    for (const { delegates } of tasks.values()) for (const edge of delegates) agents.add(edge.agent);
  }
  return registryOf(Fleet.of(...[...agents].map((declaration) => ({ declaration }))), {
    trustDomain: TrustDomain.of("prod.acme.example", "test"),
    clock: fixedClock("2026-11-24"),
    domains,
    trust: { issuers: [], starters: [] },
  });
}

/** What follows from the declaration of an agent */
export function derivedFrom(agent: AgentDeclaration, domains: readonly string[] = []) {
  const registry = registryAround(agent, domains);
  const entry = registry.agents[agent.name] as RegistryAgent;
  const horizon = revocationHorizon(registry, agent.name);
  return {
    risk: riskOf(registry, entry),
    horizon,
    longestHorizon: horizon[0]?.seconds ?? 0,
    longestCredentialSeconds: longestCredential(registry, entry).seconds,
  };
}
