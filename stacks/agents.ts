import type { Construct } from "constructs";
import { checkFleetAgainstPlatform } from "../constructs/agent/platform-rules";
import { AmbitStack, type AmbitStackProps } from "../constructs/platform/ambit-stack";
import { writeFleetDocuments } from "../constructs/platform/fleet-documents";

/** The agents, each with everything that is its own, and the documents that describe them. */
export class AgentsStack extends AmbitStack {
  constructor(scope: Construct, id: string, props: AmbitStackProps) {
    super(scope, id, props);
    this.useAws();
    this.useKubernetes();
    checkFleetAgainstPlatform(this.fleet, this.platform);
    for (const AnAgent of this.fleet.members) new AnAgent(this);
    writeFleetDocuments(this, { platform: this.platform, fleet: this.fleet });
  }
}
