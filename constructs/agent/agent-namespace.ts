import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import type { Construct } from "constructs";
import { AGENT_RECORD } from "../platform/names";
import { RestrictedNamespace } from "../platform/namespace";

export interface AgentNamespaceProps {
  readonly name: string;
}

/**
 * A namespace for agents, with the record that maps its service accounts to agents.
 *
 * Each agent writes only its own entry, so one agent does not change another's; admission reads the record for every
 * pod.
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
