import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { AgentNetworkPolicy } from "../../../constructs/agent/agent-network-policy";
import { AgentDeclaration } from "../../../domain";
import { facts } from "../../../fleet/platform";
import { pages, specWith } from "../../support/agents";
import { newStack, platformWith, Template } from "../../support/synth";

interface Spec {
  readonly egress: readonly { readonly to: readonly unknown[]; readonly ports: readonly unknown[] }[];
}

function egress(platform: ReturnType<typeof platformWith>, withAwsData = false): Spec["egress"] {
  const stack = newStack(platform);
  const tasks = { read: { startedBy: "user", data: [pages.read()] } } as const;
  const agent = new AgentDeclaration("reader", specWith(withAwsData ? { tasks } : {}));
  new AgentNetworkPolicy(stack, "NetworkPolicy", { agent });
  return (Template.of(stack).only(NetworkPolicyV1).spec as Spec).egress;
}

test("without endpoints, an agent with AWS data reaches the declared ranges and no other", () => {
  const network = { none: { reason: "a test", egressCidrs: ["203.0.113.0/24"] } };
  const platform = platformWith({ aws: { account: "111122223333", region: "eu-central-1", network } });
  expect(egress(platform, true).at(-1)).toEqual({
    to: [{ ip_block: { cidr: "203.0.113.0/24" } }],
    ports: [{ port: "443", protocol: "TCP" }],
  });
});

test("an agent without AWS data reaches no address at all, only pods", () => {
  expect(JSON.stringify(egress(platformWith()))).not.toContain("ip_block");
});

test("a cluster that answers DNS elsewhere says where", () => {
  const dns = { namespace: "dns", podLabels: { app: "coredns" } };
  const [first] = egress(platformWith({ cluster: { ...facts.cluster, dns } }));
  expect(first?.to).toEqual([
    {
      namespace_selector: { match_labels: { "kubernetes.io/metadata.name": "dns" } },
      pod_selector: { match_labels: { app: "coredns" } },
    },
  ]);
});
