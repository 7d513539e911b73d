import { kubernetesChanges } from "../../../review/difference/kubernetes/cluster-changes";
import type { Json, JsonObject } from "../../../review/read/json";
import { estateOf, type Resources } from "../../support/review/estate-of";

const REGISTRY: JsonObject = {
  agents: {
    clerk: { credentials: "brokered", state: "active", workload: { namespace: "finance", serviceAccount: "clerk" } },
    other: { credentials: "brokered", state: "active", workload: { namespace: "finance", serviceAccount: "other" } },
  },
};

const namespace = (name: string, labels: JsonObject): Resources => ({
  [`kubernetes_namespace_v1.${name}`]: { metadata: { name, labels } },
});

const NAMESPACES: Resources = {
  ...namespace("finance", { kind: "agents" }),
  ...namespace("platform", { kind: "platform" }),
};

const CLERK: JsonObject = { match_labels: { "ambit.internal/agent": "clerk" } };

const policy = (name: string, spec: JsonObject, at = "finance"): Resources => ({
  [`kubernetes_network_policy_v1.${name}`]: { metadata: { name, namespace: at }, spec },
});

/** The policy of the agent, without ingress */
const egress = (rules: Json, selector: JsonObject = CLERK): Resources =>
  policy("own", { pod_selector: selector, policy_types: ["Ingress", "Egress"], egress: rules });
const ingress = (rules: Json): Resources =>
  policy("own", { pod_selector: CLERK, policy_types: ["Ingress", "Egress"], ingress: rules });

const to = (peer: JsonObject, ports: Json = [{ port: "443", protocol: "TCP" }]): JsonObject => ({ to: [peer], ports });
const from = (peer: JsonObject): JsonObject => ({ from: [peer], ports: [{ port: "8443", protocol: "TCP" }] });
const cidr = (block: string, ...except: readonly string[]): JsonObject => ({ ip_block: { cidr: block, except } });
const pods = (namespaces: JsonObject | undefined, labels?: JsonObject): JsonObject => ({
  ...(namespaces !== undefined && { namespace_selector: namespaces }),
  ...(labels !== undefined && { pod_selector: labels }),
});
const labels = (match: JsonObject): JsonObject => ({ match_labels: match });
const expression = (key: string, operator: string, ...values: readonly string[]): JsonObject => ({
  match_expressions: [{ key, operator, values }],
});
const named = (name: string): JsonObject => labels({ "kubernetes.io/metadata.name": name });

function changesOf(base: Resources, head: Resources, agent = "clerk") {
  const [before, after] = [base, head].map((state) => estateOf({ ...NAMESPACES, ...state }, REGISTRY));
  const changes = kubernetesChanges(before as never, after as never).get(agent);
  return {
    gains: (changes?.gains ?? []).map(({ what, witness }) => `${what} | ${witness}`),
    unknown: (changes?.unknown ?? []).map(({ what }) => what),
    losses: (changes?.losses ?? []).map(({ what }) => what),
  };
}

const CLOSED = egress([]);
const SUBNET = egress([to(cidr("10.0.16.0/24"))]);

describe("a gain is reported where", () => {
  test.each<[string, Resources, Resources, string]>([
    [
      "a block is added",
      SUBNET,
      egress([to(cidr("10.0.16.0/24")), to(cidr("10.0.17.0/24"))]),
      "egress to 10.0.17.0/24, TCP 443 | TCP 443 to 10.0.17.1",
    ],
    [
      "a block is widened",
      SUBNET,
      egress([to(cidr("10.0.0.0/8"))]),
      "egress to 10.0.0.0/8, TCP 443 | TCP 443 to 10.0.0.1",
    ],
    [
      "an exception is dropped",
      egress([to(cidr("10.0.0.0/8", "10.0.0.0/9"))]),
      egress([to(cidr("10.0.0.0/8"))]),
      "egress to 10.0.0.0/8, TCP 443 | TCP 443 to 10.0.0.1",
    ],
    [
      "an exception is narrowed",
      egress([to(cidr("10.0.0.0/8", "10.0.0.0/9"))]),
      egress([to(cidr("10.0.0.0/8", "10.0.0.0/10"))]),
      "egress to 10.64.0.0 - 10.255.255.255, TCP 443 | TCP 443 to 10.64.0.1",
    ],
    [
      "a block of IPv6 is added",
      CLOSED,
      egress([to(cidr("2001:db8::/32"))]),
      "egress to 2001:db8::/32, TCP 443 | TCP 443 to 2001:db8::1",
    ],
    [
      "a port is added",
      SUBNET,
      egress([to(cidr("10.0.16.0/24"), [{ port: 443 }, { port: 22 }])]),
      "egress to 10.0.16.0/24, TCP 22 | TCP 22 to 10.0.16.1",
    ],
    [
      "a port becomes a range",
      SUBNET,
      egress([to(cidr("10.0.16.0/24"), [{ port: "443", end_port: 500 }])]),
      "egress to 10.0.16.0/24, TCP 443 - 500 | TCP 445 to 10.0.16.1",
    ],
    [
      "all ports are opened",
      SUBNET,
      egress([to(cidr("10.0.16.0/24"), [])]),
      "egress to 10.0.16.0/24 | UDP 443 to 10.0.16.1",
    ],
    [
      "a protocol is added",
      SUBNET,
      egress([to(cidr("10.0.16.0/24"), [{ port: "443", protocol: "UDP" }])]),
      "egress to 10.0.16.0/24, UDP 443 | UDP 443 to 10.0.16.1",
    ],
    [
      "all peers are allowed",
      SUBNET,
      egress([{ ports: [{ port: "443" }] }]),
      "egress to anywhere, TCP 443 | TCP 443 to 192.0.2.1",
    ],
    [
      "an empty rule is added",
      SUBNET,
      egress([to(cidr("10.0.16.0/24")), {}]),
      "egress to anywhere | TCP 443 to 192.0.2.1",
    ],
    [
      "egress is isolated no more",
      CLOSED,
      policy("own", { pod_selector: CLERK, policy_types: ["Ingress"] }),
      "egress to anywhere: no network policy isolates its pods | TCP 443 to 192.0.2.1",
    ],
    [
      "ingress is isolated no more",
      CLOSED,
      policy("own", { pod_selector: CLERK, policy_types: ["Egress"] }),
      "ingress from anywhere: no network policy isolates its pods | TCP 443 from 192.0.2.1",
    ],
    [
      "another policy selects every pod",
      CLOSED,
      {
        ...CLOSED,
        ...policy("all", { pod_selector: {}, policy_types: ["Egress"], egress: [to(cidr("10.9.0.0/16"))] }),
      },
      "egress to 10.9.0.0/16, TCP 443 | TCP 443 to 10.9.0.1",
    ],
    [
      "another policy selects it by an expression",
      CLOSED,
      {
        ...CLOSED,
        ...policy("some", {
          pod_selector: expression("ambit.internal/agent", "NotIn", "other"),
          policy_types: ["Egress"],
          egress: [to(cidr("10.9.0.0/16"))],
        }),
      },
      "egress to 10.9.0.0/16, TCP 443 | TCP 443 to 10.9.0.1",
    ],
    [
      "it may reach other pods",
      egress([to(pods(named("platform"), labels({ app: "gateway" })))]),
      egress([
        to(pods(named("platform"), labels({ app: "gateway" }))),
        to(pods(named("platform"), labels({ app: "exchange" }))),
      ]),
      "egress to pods with app=exchange in namespaces with kubernetes.io/metadata.name=platform, TCP 443 | TCP 443 to a pod with app=exchange in namespace platform",
    ],
    [
      "it may reach every pod of a namespace",
      egress([to(pods(named("platform"), labels({ app: "gateway" })))]),
      egress([to(pods(named("platform")))]),
      "egress to every pod in namespaces with kubernetes.io/metadata.name=platform, TCP 443 | TCP 443 to a pod in namespace platform",
    ],
    [
      "it may reach every namespace",
      egress([to(pods(named("platform"), labels({ app: "gateway" })))]),
      egress([to(pods({}, labels({ app: "gateway" })))]),
      "egress to pods with app=gateway in namespaces with any kubernetes.io/metadata.name but platform, TCP 443 | TCP 443 to a pod with app=gateway in namespace x1",
    ],
    [
      "a label of the peer is dropped",
      egress([to(pods(named("platform"), labels({ app: "gateway", tier: "front" })))]),
      egress([to(pods(named("platform"), labels({ app: "gateway" })))]),
      "egress to pods with app=gateway in namespaces with kubernetes.io/metadata.name=platform, TCP 443 | TCP 443 to a pod with app=gateway in namespace platform",
    ],
    [
      "an expression takes more values",
      egress([to(pods(named("platform"), expression("app", "In", "gateway")))]),
      egress([to(pods(named("platform"), expression("app", "In", "gateway", "exchange")))]),
      "egress to pods with app=exchange or gateway in namespaces with kubernetes.io/metadata.name=platform, TCP 443 | TCP 443 to a pod with app=exchange in namespace platform",
    ],
    [
      "a value is excluded no more",
      egress([to(pods(named("platform"), expression("app", "NotIn", "a", "b")))]),
      egress([to(pods(named("platform"), expression("app", "NotIn", "a")))]),
      "egress to pods with any app but a in namespaces with kubernetes.io/metadata.name=platform, TCP 443 | TCP 443 to a pod with app=b in namespace platform",
    ],
    [
      "the pods of its own namespace are reached",
      CLOSED,
      egress([to(pods(undefined, {}))]),
      "egress to every pod in namespaces with kubernetes.io/metadata.name=finance, TCP 443 | TCP 443 to a pod in namespace finance",
    ],
    [
      "it gets ingress",
      ingress([]),
      ingress([from(cidr("0.0.0.0/0"))]),
      "ingress from 0.0.0.0/0, TCP 8443 | TCP 8443 from 192.0.2.1",
    ],
    [
      "a port has a name",
      SUBNET,
      egress([to(cidr("10.0.16.0/24"), [{ port: "http" }])]),
      "egress to 10.0.16.0/24, TCP http | TCP http to 10.0.16.1",
    ],
    [
      "a namespace takes the label that its rule selects",
      egress([to(pods(labels({ kind: "platform" })))]),
      { ...egress([to(pods(labels({ kind: "platform" })))]), ...namespace("public", { kind: "platform" }) },
      "egress to every pod in namespaces with kubernetes.io/metadata.name=public, TCP 443 | TCP 443 to a pod in namespace public",
    ],
  ])("%s", (_, base, head, gain) => {
    const found = changesOf(base, head);
    expect(found).toMatchObject({ gains: [gain], unknown: [] });
    expect(changesOf(head, base).losses).toEqual([gain.split(" | ")[0]]);
    expect(changesOf(head, head)).toEqual({ gains: [], losses: [], unknown: [] });
  });
});

describe("nothing is gained where", () => {
  const WIDE = egress([to(cidr("10.0.0.0/8"), [])]);
  test.each<[string, Resources, Resources]>([
    ["nothing changed", WIDE, WIDE],
    ["a block is narrowed", WIDE, egress([to(cidr("10.0.16.0/24"))])],
    ["an exception is added", WIDE, egress([to(cidr("10.0.0.0/8", "10.1.0.0/16"), [])])],
    [
      "a block is split",
      egress([to(cidr("10.0.16.0/23"))]),
      egress([to(cidr("10.0.16.0/24")), to(cidr("10.0.17.0/24"))]),
    ],
    [
      "blocks are merged",
      egress([to(cidr("10.0.16.0/24")), to(cidr("10.0.17.0/24"))]),
      egress([to(cidr("10.0.16.0/23"))]),
    ],
    [
      "a range is split",
      egress([to(cidr("10.0.0.0/8"), [{ port: 1, end_port: 9 }])]),
      egress([
        to(cidr("10.0.0.0/8"), [
          { port: 1, end_port: 5 },
          { port: 6, end_port: 9 },
        ]),
      ]),
    ],
    [
      "the policy takes another name",
      WIDE,
      policy("renamed", {
        pod_selector: CLERK,
        policy_types: ["Ingress", "Egress"],
        egress: [to(cidr("10.0.0.0/8"), [])],
      }),
    ],
    [
      "blocks of one are lists",
      egress([to(pods(named("platform")))]),
      egress([{ to: [{ namespace_selector: [named("platform")] }], ports: [{ port: 443 }] }]),
    ],
    [
      "a policy isolates that opens nothing",
      WIDE,
      { ...WIDE, ...policy("deny", { pod_selector: {}, policy_types: ["Ingress", "Egress"] }) },
    ],
    [
      "a policy of another agent opens",
      CLOSED,
      {
        ...CLOSED,
        ...policy("theirs", {
          pod_selector: labels({ "ambit.internal/agent": "other" }),
          policy_types: ["Egress"],
          egress: [{}],
        }),
      },
    ],
    [
      "a policy of another namespace opens",
      CLOSED,
      { ...CLOSED, ...policy("there", { pod_selector: {}, policy_types: ["Egress"], egress: [{}] }, "platform") },
    ],
    [
      "a selector of a label becomes one of the name",
      egress([to(pods(labels({ kind: "platform" })))]),
      egress([to(pods(named("platform")))]),
    ],
    [
      "an expression is written as a label",
      egress([to(pods({}, expression("app", "In", "a")))]),
      egress([to(pods({}, labels({ app: "a" })))]),
    ],
    [
      "a selector is narrowed",
      egress([to(pods({}, expression("app", "Exists")))]),
      egress([to(pods({}, labels({ app: "a" })))]),
    ],
    [
      "a selector is split by a label",
      egress([to(pods({}))]),
      egress([to(pods({}, expression("app", "Exists"))), to(pods({}, expression("app", "DoesNotExist")))]),
    ],
    [
      "the provider's other name is used",
      WIDE,
      { "kubernetes_network_policy.own": WIDE["kubernetes_network_policy_v1.own"] as JsonObject },
    ],
  ])("%s", (_, base, head) => {
    expect(changesOf(base, head)).toMatchObject({ gains: [], unknown: [] });
  });

  test("a manifest replaces the provider's resource", () => {
    const manifest: Resources = {
      "kubernetes_manifest.own": {
        manifest: {
          apiVersion: "networking.k8s.io/v1",
          kind: "NetworkPolicy",
          metadata: { name: "own", namespace: "finance" },
          spec: {
            podSelector: { matchLabels: { "ambit.internal/agent": "clerk" } },
            policyTypes: ["Ingress", "Egress"],
            egress: [{ to: [{ ipBlock: { cidr: "10.0.16.0/24" } }], ports: [{ port: 443 }] }],
          },
        },
      },
    };
    expect(changesOf(SUBNET, manifest)).toEqual({ gains: [], losses: [], unknown: [] });
  });
});

describe("it is unknown where", () => {
  test.each<[string, Resources, Resources, string]>([
    [
      "a block cannot be read",
      SUBNET,
      egress([to(cidr("${aws_vpc.v.cidr_block}"))]),
      'egress to ${{"cidr":"${aws_vpc.v.cidr_block}","except":[]}}, TCP 443',
    ],
    [
      "a port cannot be read",
      SUBNET,
      egress([to(cidr("10.0.16.0/24"), [{ port: "${var.port}" }])]),
      "egress to 10.0.16.0/24, TCP ${var.port}",
    ],
    [
      "a label cannot be read",
      CLOSED,
      egress([to(pods(named("${var.namespace}")))]),
      "egress to every pod in namespaces with kubernetes.io/metadata.name=${var.namespace}, TCP 443",
    ],
    [
      "the labels of its pods are not known",
      CLOSED,
      { ...CLOSED, ...policy("app", { pod_selector: labels({ app: "a" }), policy_types: ["Egress"], egress: [{}] }) },
      "whether network policy app of namespace finance selects its pods",
    ],
    [
      "a value is excluded that cannot be read",
      egress([to(pods({}, expression("app", "NotIn", "${var.app}")))]),
      egress([to(pods({}, {}))]),
      "egress to every pod in every namespace, TCP 443",
    ],
  ])("%s", (_, base, head, what) => {
    expect(changesOf(base, head)).toMatchObject({ gains: [], unknown: [what] });
    expect(changesOf(head, head)).toEqual({ gains: [], losses: [], unknown: [] });
  });
});

test("each agent that a policy of the namespace selects gains", () => {
  const head = policy("all", { pod_selector: {}, policy_types: ["Egress"], egress: [to(cidr("10.9.0.0/16"))] });
  const base = policy("all", { pod_selector: {}, policy_types: ["Egress"] });
  for (const agent of ["clerk", "other"]) expect(changesOf(base, head, agent).gains).toHaveLength(1);
});
