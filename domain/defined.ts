import type { AgentDeclaration } from "./agent";

/** Every agent that was defined while the program ran, and whether a fleet lists it */
const known = new Map<AgentDeclaration, boolean>();

export function rememberDefined(agent: AgentDeclaration): void {
  known.set(agent, false);
}

export function rememberListed(agents: readonly AgentDeclaration[]): void {
  for (const agent of agents) known.set(agent, true);
}

export interface DefinedAgent {
  readonly agent: AgentDeclaration;
  readonly isListed: boolean;
}

/** In the order in which they were defined */
export function definedAgents(): readonly DefinedAgent[] {
  return [...known].map(([agent, isListed]) => ({ agent, isListed }));
}
