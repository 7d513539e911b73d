import type { FleetAgent, FleetEdge, FleetView } from "../../registry/registry";
import type { ChainHop, Run } from "../../session/session";

/** The chain of a run that `parent` handed on */
export function chainBehind(parent: Run | undefined): readonly ChainHop[] {
  if (parent === undefined) return [];
  const { agent, spiffeId, task, run, sid } = parent;
  return [...parent.chain, { spiffeId, task, agent, run, sid }];
}

/**
 * What is declared of the way from the first agent to the task. An edge that is not declared is left out: that it is missing is for
 * the policy to refuse, which knows a chain by the same names.
 */
export function edgesOf(
  fleet: FleetView,
  chain: readonly ChainHop[],
  agent: FleetAgent,
  task: string,
): readonly FleetEdge[] {
  return chain.flatMap((hop, place) => {
    const next = chain[place + 1];
    const target = next === undefined ? `${agent.name}.${task}` : `${next.agent}.${next.task}`;
    const edge = fleet.agentOf(hop.spiffeId)?.tasks.get(hop.task)?.delegates.get(target);
    return edge === undefined ? [] : [edge];
  });
}
