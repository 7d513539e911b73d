import type { Construct } from "constructs";
import { AgentNamespace } from "../constructs/agent/agent-namespace";
import { AmbitStack, type AmbitStackProps } from "../constructs/platform/ambit-stack";
import { withoutCreationStacks } from "../constructs/platform/creation-stacks";
import { outputs } from "../constructs/platform/outputs";
import { Spire, type SpireProps } from "../constructs/spire/spire";

export interface SpireStackProps extends AmbitStackProps {
  readonly spire: SpireProps;
}

/** Where identities come from: SPIRE, and the namespaces whose pods may get one. */
export class SpireStack extends AmbitStack {
  constructor(scope: Construct, id: string, props: SpireStackProps) {
    super(scope, id, props);
    withoutCreationStacks(() => {
      this.useAws();
      this.useKubernetes();
      for (const name of namespacesOf(props)) new AgentNamespace(this, `Namespace-${name}`, { name });
      const { issuerAddress } = new Spire(this, "Spire", { ...props.spire, agents: this.fleet.agents.length });
      outputs(this, { issuer: this.platform.issuer, issuer_address: issuerAddress });
    });
  }
}

function namespacesOf({ fleet }: AmbitStackProps): readonly string[] {
  return [...new Set(fleet.agents.map((agent) => agent.namespace))].sort();
}
