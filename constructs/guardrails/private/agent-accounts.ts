import { AGENT_TAG } from "../agent-roles";
import { subjectOf } from "../declared-roles";
import { labelOf, nameOf, objectsIn } from "../kubernetes-object";
import type { StackJson } from "../stack";
import { type BlockBody, UndecidedValue } from "../value";
import { stacksBeside } from "./beside";
import { oncePer } from "./once-per";

/** Agents by the service accounts that a stack declares for them, as `namespace/name`. Each record and each association asks. */
export const agentAccountsIn = oncePer((stack: StackJson): ReadonlyMap<string, string> => {
  const agents = new Map<string, string>();
  for (const { body, at } of objectsIn(stack, "ServiceAccount")) {
    const agent = labelOf(body, AGENT_TAG, at);
    if (agent === undefined) continue;
    const { name = "", namespace = "default" } = nameOf(body, stack);
    agents.set(`${namespace}/${name}`, agent);
  }
  return agents;
});

/** Whether a service account is an agent's, by the registry or by a stack of the app or the folder that declares it */
export function isAgentAccount(namespace: string, name: string, stack: StackJson): boolean {
  const account = `${namespace}/${name}`;
  if (stack.agents?.().subjects.has(subjectOf(namespace, name)) === true) return true;
  return agentAccountsIn(stack).has(account) || accountsBeside(stacksBeside(stack)).has(account);
}

/** Accounts of agents in all stacks. A label that is known at apply only is undecided in its own stack. */
const accountsBeside = oncePer((stacks: readonly StackJson[]): ReadonlySet<string> => {
  return new Set(
    stacks.flatMap((stack) =>
      objectsIn(stack, "ServiceAccount").flatMap(({ body, at }) => {
        if (!isLabelled(body, at)) return [];
        const { name = "", namespace = "default" } = nameOf(body, stack);
        return [`${namespace}/${name}`];
      }),
    ),
  );
});

function isLabelled(body: BlockBody, at: string): boolean {
  try {
    return labelOf(body, AGENT_TAG, at) !== undefined;
  } catch (error) {
    if (error instanceof UndecidedValue) return false;
    throw error;
  }
}
