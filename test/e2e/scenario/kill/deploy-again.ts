import type { Synthesized } from "../../../support/example-app";
import type { AgentCode } from "../../cluster/agent/code";
import { agentPods } from "../../cluster/agent-checks";
import type { AwsAccount } from "../../cluster/aws/account";
import { controlParts } from "../../cluster/control-checks";
import type { OneNode } from "../../cluster/one-node";
import { renderedObjects } from "../../spire/objects";
import { write } from "../../spire/platform-checks";

/**
 * Apply once more what the stacks of control and agents put into the cluster, as a deploy does.
 *
 * @returns how many objects
 */
export async function deployAgain(
  on: OneNode,
  account: AwsAccount,
  app: Synthesized,
  code: AgentCode,
): Promise<number> {
  const deployer = on.client("deployer");
  const parts = await controlParts(account, app);
  const named = new Set(parts.map(({ kind, metadata }) => `${kind} ${metadata.name}`));
  const others = renderedObjects(app, ["control", "agents"]).filter(
    ({ object: { kind, metadata } }) => !named.has(`${kind} ${metadata.name}`),
  );
  for (const one of others) await write(deployer, { ...one, object: agentPods(one.object, code) });
  for (const object of parts) await deployer.apply(object);
  return others.length + parts.length;
}
