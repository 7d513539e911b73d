import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import { Construct } from "constructs";
import type { AgentDeclaration } from "../../domain";
import { LABELS } from "../platform/names";
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
    new ServiceAccountV1(this, "Resource", {
      metadata: { name: agent.serviceAccount, namespace: agent.namespace, labels: { ...this.podLabels } },
      automountServiceAccountToken: false,
    });
  }
}
