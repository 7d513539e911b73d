import { ConfigMapV1Data } from "@cdktf/provider-kubernetes/lib/config-map-v1-data";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { AgentDeclaration } from "../../domain";
import { AGENT_RECORD, LABELS } from "../platform/names";
import { platformOf } from "../platform/scope";

export interface WorkloadIdentityProps {
  readonly agent: AgentDeclaration;
  /** Whether the agent is stopped as code, or expired: it then gets no SVID */
  readonly suspended: boolean;
}

/** The service account that SPIRE attests: one service account is one agent, and its token is mounted nowhere. */
export class WorkloadIdentity extends Construct {
  public readonly spiffeId: string;
  /** The label that tells the agent's pods from all others */
  public readonly agentLabel: Readonly<Record<string, string>>;
  /** Labels that every pod of the agent carries */
  public readonly podLabels: Readonly<Record<string, string>>;
  /** What admission looks for before it lets the agent's pods in */
  public readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: WorkloadIdentityProps) {
    super(scope, id);
    const { agent, suspended } = props;
    this.spiffeId = agent.spiffeId(platformOf(this).trustDomain).toString();
    this.agentLabel = { [LABELS.agent]: agent.name };
    this.podLabels = {
      ...this.agentLabel,
      [LABELS.managed]: "true",
      [LABELS.state]: suspended ? "suspended" : "active",
    };
    const account = new ServiceAccountV1(this, "Resource", {
      metadata: { name: agent.serviceAccount, namespace: agent.namespace, labels: { ...this.podLabels } },
      automountServiceAccountToken: false,
    });
    const record = new ConfigMapV1Data(this, "Record", {
      metadata: { name: AGENT_RECORD, namespace: agent.namespace },
      data: recordOf(agent, suspended),
      // Each agent owns its own entries in the namespace's one record.
      fieldManager: `ambit-${agent.name}`,
    });
    this.ready = [account, record];
  }
}

/** Neither service accounts nor agents have a dot in their names, so entries cannot be taken for each other's. */
function recordOf(agent: AgentDeclaration, suspended: boolean): Record<string, string> {
  const { serviceAccount } = agent;
  return {
    [serviceAccount]: agent.name,
    [`${serviceAccount}.credentials`]: agent.credentials,
    [`${serviceAccount}.state`]: suspended ? "suspended" : "active",
  };
}
