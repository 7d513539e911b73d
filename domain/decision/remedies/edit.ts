import { own } from "../../own";
import { createHash } from "node:crypto";
import type { DecisionInput } from "../contract";
import type { NameSet, PolicyAgent, PolicyEdge, PolicyTask, PolicyTool } from "../policy-document";
import type { Situation } from "./change";

/** The situation with some facts of the request or its state changed */
export function withInput(situation: Situation, changes: Partial<DecisionInput>): Situation {
  return { ...situation, input: { ...situation.input, ...changes } };
}

/** Changes the request, so an approval of the previous one no longer applies. */
export function withRequest(situation: Situation, changes: Partial<DecisionInput>): Situation {
  const { requestDigest } = situation.input;
  if (requestDigest === null) return withInput(situation, changes);
  return withInput(situation, { ...changes, requestDigest: standInDigest(requestDigest, JSON.stringify(changes)) });
}

/** Placeholder for a digest that only the gateway can compute; it equals no other. */
export function standInDigest(...parts: readonly string[]): string {
  return `sha256:${createHash("sha256").update(parts.join("\n")).digest("hex")}`;
}

/** The situation with one agent of the policy changed or added */
export function withAgent(
  situation: Situation,
  spiffeId: string,
  edit: (agent: PolicyAgent | undefined) => PolicyAgent | undefined,
): Situation {
  const agent = edit(own(situation.policy.agents, spiffeId));
  if (agent === undefined) return situation;
  const { policy } = situation;
  return { ...situation, policy: { ...policy, agents: { ...policy.agents, [spiffeId]: agent } } };
}

/** With one task changed, where its agent is declared */
export function withTask(
  situation: Situation,
  spiffeId: string,
  name: string,
  edit: (task: PolicyTask | undefined) => PolicyTask | undefined,
): Situation {
  return withAgent(situation, spiffeId, (agent) => {
    const task = agent && edit(own(agent.tasks, name));
    return agent && task && { ...agent, tasks: { ...agent.tasks, [name]: task } };
  });
}

/** With the task changed that the request names, where it is declared */
export function withOwnTask(situation: Situation, edit: (task: PolicyTask) => PolicyTask): Situation {
  const { agent, task } = situation.input;
  return withTask(situation, agent.spiffeId, task, (found) => found && edit(found));
}

/** With one edge changed, or added where its task is declared */
export function withEdge(
  situation: Situation,
  from: { readonly spiffeId: string; readonly task: string },
  target: string,
  edit: (edge: PolicyEdge | undefined) => PolicyEdge | undefined,
): Situation {
  return withTask(situation, from.spiffeId, from.task, (task) => {
    const edge = task && edit(own(task.delegates, target));
    return task && edge && { ...task, delegates: { ...task.delegates, [target]: edge } };
  });
}

/** With one tool changed, where it is declared */
export function withTool(situation: Situation, name: string, edit: (tool: PolicyTool) => PolicyTool): Situation {
  const { policy } = situation;
  const tool = own(policy.tools, name);
  if (tool === undefined) return situation;
  return { ...situation, policy: { ...policy, tools: { ...policy.tools, [name]: edit(tool) } } };
}

export function withDataset(situation: Situation, name: string, rank: number): Situation {
  const { policy } = situation;
  return { ...situation, policy: { ...policy, datasets: { ...policy.datasets, [name]: rank } } };
}

export function withNames(set: NameSet, names: readonly string[]): NameSet {
  return { ...set, ...Object.fromEntries(names.map((name) => [name, true as const])) };
}
