import { fleet } from "../../fleet";
import { resourcesOf, synthesize } from "../support/example-app";

interface Peer {
  readonly namespace_selector?: { readonly match_labels: Readonly<Record<string, string>> };
  readonly pod_selector?: { readonly match_labels: Readonly<Record<string, string>> };
  readonly ip_block?: { readonly cidr: string };
}

interface Policy {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly pod_selector: { readonly match_labels: Readonly<Record<string, string>> };
    readonly policy_types: readonly string[];
    readonly ingress?: readonly { readonly from: readonly Peer[]; readonly ports: Ports }[];
    readonly egress: readonly { readonly to: readonly Peer[]; readonly ports: Ports }[];
  };
}

type Ports = readonly { readonly port: string; readonly protocol: string }[];

const policies = Object.values(
  resourcesOf(synthesize().stacks.agents).kubernetes_network_policy_v1 ?? {},
) as unknown as readonly Policy[];

/** Rules as a set: every peer of a rule with every port of it. A rule without peers or ports would mean all. */
function ways(rules: readonly (readonly [peers: readonly Peer[], ports: Ports])[]): readonly string[] {
  return rules
    .flatMap(([peers, ports]) => {
      expect(peers.length).toBeGreaterThan(0);
      expect(ports.length).toBeGreaterThan(0);
      return peers.flatMap((peer) => ports.map(({ port, protocol }) => `${place(peer)} ${protocol}/${port}`));
    })
    .sort();
}

function place({ ip_block, namespace_selector, pod_selector }: Peer): string {
  if (ip_block !== undefined) return ip_block.cidr;
  const pods = Object.entries(pod_selector?.match_labels ?? {}).map(([key, value]) => `${key}=${value}`);
  const namespace = namespace_selector?.match_labels["kubernetes.io/metadata.name"];
  if (namespace === undefined || pods.length === 0) throw new Error("a peer must name a namespace and pods");
  return `${namespace}/${pods.join(",")}`;
}

const ALWAYS = [
  // For traces; metrics have another port.
  "ambit-system/app.kubernetes.io/name=ambit-collector TCP/4319",
  "ambit-system/app.kubernetes.io/name=ambit-exchange TCP/8443",
  "ambit-system/app.kubernetes.io/name=ambit-gateway TCP/8443",
  "kube-system/k8s-app=kube-dns TCP/53",
  "kube-system/k8s-app=kube-dns UDP/53",
];
const GATEWAY = "ambit-system/app.kubernetes.io/name=ambit-gateway TCP/7465";
const AWS = ["10.0.16.0/24 TCP/443", "10.0.17.0/24 TCP/443"];

test("there is one policy per agent", () => {
  expect(policies.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).sort()).toEqual(
    fleet.agents.map((agent) => `${agent.namespace}/ambit-${agent.name}`).sort(),
  );
});

describe.each(fleet.agents.map((agent) => [agent.name, agent] as const))("%s", (name, agent) => {
  const policy = policies.find(({ metadata }) => metadata.name === `ambit-${name}`) as Policy;

  test("is selected by its own label", () => {
    expect(policy.spec.pod_selector.match_labels).toEqual({ "ambit.internal/agent": name });
  });

  const isServing = agent.ways.length > 0;
  test(`lets ${isServing ? "the gateway in, to its companion" : "nothing in"}`, () => {
    const { policy_types, ingress = [] } = policy.spec;
    expect(policy_types).toEqual(["Ingress", "Egress"]);
    expect(ways(ingress.map(({ from, ports }) => [from, ports]))).toEqual(isServing ? [GATEWAY] : []);
  });

  test(`reaches DNS, collector, exchange${agent.hasAwsData ? ", gateway and AWS endpoints" : " and gateway"}, and nothing else`, () => {
    expect(ways(policy.spec.egress.map(({ to, ports }) => [to, ports]))).toEqual(
      [...(agent.hasAwsData ? AWS : []), ...ALWAYS].sort(),
    );
  });
});
