import type { AgentState, Start } from "../../domain";
import type { InventoriedAgent } from "./inventory";
import { inventoryOf } from "./inventory-of";
import { readOutput } from "./output";

/** One agent in a line */
export interface AgentSummary {
  readonly agent: string;
  readonly owner: string;
  /** Day from which it may no longer act */
  readonly expires: string;
  readonly state: AgentState;
  readonly tasks: readonly string[];
  /** What may start a task by a way in: empty without one */
  readonly callers: readonly Start[];
  readonly highestSensitivity: string;
  readonly risk: string;
  /** Longest credential beside its SVIDs */
  readonly longestCredentialSeconds: number;
  /** Longest time after a kill for which something still works; 0 for an agent that reaches nothing */
  readonly revocationHorizonSeconds: number;
  /** Terraform resources that are its own */
  readonly resources: number;
}

/**
 * Every agent of a synthesized output folder, by name.
 *
 * @throws ReadError for a folder that cannot be read
 */
export function fleetSummary(outdir: string): readonly AgentSummary[] {
  return inventoryOf(readOutput(outdir)).agents.map(summaryOf);
}

export function summaryOf(agent: InventoriedAgent): AgentSummary {
  return {
    agent: agent.name,
    owner: agent.owner,
    expires: agent.expires,
    state: agent.state,
    tasks: agent.tasks.map(({ name }) => name),
    callers: agent.calledBy,
    highestSensitivity: agent.highestSensitivity,
    risk: agent.risk.tier,
    longestCredentialSeconds: agent.credentials.longestSeconds,
    revocationHorizonSeconds: agent.horizon[0]?.seconds ?? 0,
    resources: agent.resources,
  };
}
