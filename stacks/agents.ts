import type { Construct } from "constructs";
import type { AgentClass } from "../constructs/agent/agent";
import { writeFleetDocuments } from "../constructs/agent/fleet-documents";
import { checkFleetAgainstPlatform } from "../constructs/agent/platform-rules";
import { AmbitStack, type AmbitStackProps } from "../constructs/platform/ambit-stack";
import { atDeclarations, type Fleet } from "../domain";

export interface AgentsStackProps extends AmbitStackProps {
  readonly fleet: Fleet<AgentClass>;
}

/** The agents, each with everything that is its own, and the documents that describe them. */
export class AgentsStack extends AmbitStack {
  constructor(scope: Construct, id: string, props: AgentsStackProps) {
    super(scope, id, props);
    this.useAws();
    this.useKubernetes();
    atDeclarations(this.fleet.agents, () => {
      checkFleetAgainstPlatform(this.fleet, this.platform);
      for (const AnAgent of props.fleet.members) new AnAgent(this);
    });
    writeFleetDocuments(this, { platform: this.platform, fleet: this.fleet });
  }
}
