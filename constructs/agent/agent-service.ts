import { ServiceV1 } from "@cdktf/provider-kubernetes/lib/service-v1";
import { Construct } from "constructs";
import { type AgentDeclaration, COMPANION_PORTS } from "../../domain";
import { LABELS } from "../platform/names";

export interface AgentServiceProps {
  readonly agent: AgentDeclaration;
}

/** The gateway finds the ready pods of a serving agent through it. It grants no access: the network policy does. */
export class AgentService extends Construct {
  constructor(scope: Construct, id: string, props: AgentServiceProps) {
    super(scope, id);
    const { name, namespace } = props.agent;
    const { inbound } = COMPANION_PORTS;
    new ServiceV1(this, "Resource", {
      metadata: { name: `ambit-${name}`, namespace, labels: { [LABELS.agent]: name } },
      spec: {
        // Its name leads to the pods themselves: the gateway chooses the one that has the run.
        clusterIp: "None",
        selector: { [LABELS.agent]: name },
        port: [{ name: "inbound", port: inbound, targetPort: String(inbound), protocol: "TCP" }],
      },
    });
  }
}
