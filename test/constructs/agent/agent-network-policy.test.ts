import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { AgentNetworkPolicy } from "../../../constructs/agent/agent-network-policy";
import { AgentDeclaration, type AgentSpec } from "../../../domain";
import { facts } from "../../../fleet/platform";
import { pages, specWith } from "../../support/agents";
import { servedPlainly } from "../../support/served";
import { clusterWith, newStack, platformWith, Template } from "../../support/synth";

interface Spec {
  readonly ingress?: unknown;
  readonly egress: readonly { readonly to: readonly unknown[]; readonly ports: readonly unknown[] }[];
}

function specOf(platform: ReturnType<typeof platformWith>, changes: Partial<AgentSpec>): Spec {
  const stack = newStack(platform);
  new AgentNetworkPolicy(stack, "NetworkPolicy", { agent: new AgentDeclaration("reader", specWith(changes)) });
  return Template.of(stack).only(NetworkPolicyV1).spec as Spec;
}

function egress(platform: ReturnType<typeof platformWith>, withAwsData = false): Spec["egress"] {
  const tasks = { read: { startedBy: "user", data: [pages.read()] } } as const;
  return specOf(platform, withAwsData ? { tasks } : {}).egress;
}

test("reaches the port for agents of a collector that Ambit deploys, and no collector of yours", () => {
  const before = JSON.stringify(egress(platformWith({ cluster: clusterWith() })));
  expect(egress(platformWith()).at(-1)).toEqual({
    to: [
      {
        namespace_selector: { match_labels: { "kubernetes.io/metadata.name": "ambit-system" } },
        pod_selector: { match_labels: { "app.kubernetes.io/name": "ambit-collector" } },
      },
    ],
    ports: [{ port: "4319", protocol: "TCP" }],
  });
  const yours = { address: "http://c.monitoring.svc:4318", namespace: "monitoring", podLabels: { app: "c" } };
  const own = egress(platformWith({ cluster: clusterWith(yours) }));
  expect(JSON.stringify(own)).toBe(before);
});

test("the gateway reaches the companion of an agent that serves, and nothing else reaches the agent", () => {
  expect(specOf(platformWith(), { serves: servedPlainly("look") })).toMatchObject({
    policy_types: ["Ingress", "Egress"],
    ingress: [
      {
        from: [
          {
            namespace_selector: { match_labels: { "kubernetes.io/metadata.name": "ambit-system" } },
            pod_selector: { match_labels: { "app.kubernetes.io/name": "ambit-gateway" } },
          },
        ],
        ports: [{ port: "7465", protocol: "TCP" }],
      },
    ],
  });
});

test("nothing reaches an agent that serves nothing", () => {
  const spec = specOf(platformWith(), {});
  expect(spec).toMatchObject({ policy_types: ["Ingress", "Egress"] });
  expect(spec.ingress).toBeUndefined();
});

test("what an agent reaches has nothing to do with whether it serves, and no port for users is among it", () => {
  const plain = egress(platformWith());
  expect(specOf(platformWith(), { serves: servedPlainly("look") }).egress).toEqual(plain);
  const ports = plain.flatMap((rule) => rule.ports).map((each) => (each as { readonly port: string }).port);
  expect([...new Set(ports)].sort()).toEqual(["4319", "53", "8443"]);
});

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
