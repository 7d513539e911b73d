import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import type { Construct } from "constructs";
import { AGENT_RECORD } from "../platform/names";
import { RestrictedNamespace } from "../platform/namespace";

export interface AgentNamespaceProps {
  readonly name: string;
}

/**
 * A namespace for agents, with the record that says which of its service accounts is which agent.
 *
 * Each agent writes its own entries, so that another agent changes nothing here; admission reads them at every pod.
 */
export class AgentNamespace extends RestrictedNamespace {
  constructor(scope: Construct, id: string, props: AgentNamespaceProps) {
    super(scope, id, { name: props.name, purpose: "agents" });
    new ConfigMapV1(this, "Record", {
      metadata: { name: AGENT_RECORD, namespace: props.name },
      dependsOn: [...this.ready],
      // The entries belong to the agents.
      lifecycle: { ignoreChanges: ["data"] },
    });
  }
}
