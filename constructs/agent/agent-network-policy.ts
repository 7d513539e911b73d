import {
  NetworkPolicyV1,
  type NetworkPolicyV1SpecEgress,
  type NetworkPolicyV1SpecIngress,
} from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { Construct } from "constructs";
import { type AgentDeclaration, COMPANION_PORTS } from "../../domain";
import { CONTROL_PORTS } from "../platform/control-plane";
import { CONTROL_ACCOUNT, CONTROL_NAMESPACE, LABELS } from "../platform/names";
import { podsIn, tcp, toAws, toCollector, toDns } from "../platform/peers";
import type { Platform } from "../platform/platform";
import { platformOf } from "../platform/scope";

export interface AgentNetworkPolicyProps {
  readonly agent: AgentDeclaration;
}

/**
 * Ingress: none, except from the gateway to an agent that serves. Egress: DNS, exchange, gateway and a trace collector;
 * AWS endpoints only for agents with AWS data.
 */
export class AgentNetworkPolicy extends Construct {
  constructor(scope: Construct, id: string, props: AgentNetworkPolicyProps) {
    super(scope, id);
    const { agent } = props;
    const platform = platformOf(this);
    new NetworkPolicyV1(this, "Resource", {
      metadata: { name: `ambit-${agent.name}`, namespace: agent.namespace, labels: { [LABELS.agent]: agent.name } },
      spec: {
        podSelector: { matchLabels: { [LABELS.agent]: agent.name } },
        policyTypes: ["Ingress", "Egress"],
        ...(agent.ways.length === 0 ? {} : { ingress: FROM_GATEWAY }),
        egress: egressOf(agent, platform),
      },
    });
  }
}

/** To the companion, which asks the exchange before the agent sees anything. The kubelet, which asks whether the pod is ready, needs no rule. */
const FROM_GATEWAY: NetworkPolicyV1SpecIngress[] = [
  {
    from: [podsIn(CONTROL_NAMESPACE, { "app.kubernetes.io/name": CONTROL_ACCOUNT.gateway })],
    ports: tcp(COMPANION_PORTS.inbound),
  },
];

/** The same for all agents of a platform, so made once: ten thousand copies would stay in memory until the synth. */
const shared = new WeakMap<Platform, { readonly all: Egress; readonly withAws: Egress }>();

type Egress = NetworkPolicyV1SpecEgress[];

function egressOf(agent: AgentDeclaration, platform: Platform): Egress {
  let egress = shared.get(platform);
  if (egress === undefined) {
    const all = [...egressOfAll(platform)];
    egress = { all, withAws: [...all, ...toAws(platform)] };
    shared.set(platform, egress);
  }
  return agent.hasAwsData ? egress.withAws : egress.all;
}

function egressOfAll(platform: Platform): readonly NetworkPolicyV1SpecEgress[] {
  return [
    toDns(platform),
    ...Object.entries(CONTROL_PORTS).map(([name, port]) => ({
      to: [podsIn(CONTROL_NAMESPACE, { "app.kubernetes.io/name": `ambit-${name}` })],
      ports: tcp(port),
    })),
    ...toCollector(platform, "agents"),
  ];
}
