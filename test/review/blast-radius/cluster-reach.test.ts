import { BlastRadii } from "../../../review/blast-radius/blast-radii";
import type { BlastRadius, ReachedThing } from "../../../review/blast-radius/blast-radius";
import type { Json, JsonObject } from "../../../review/read/json";
import { smallRegistry } from "../../support/review/declared-fleet";
import { estateOf, type Resources } from "../../support/review/estate-of";

const REGISTRY = JSON.parse(JSON.stringify(smallRegistry())) as JsonObject;
const { namespace = "", serviceAccount = "" } = smallRegistry().agents["courier"]?.["workload"] as Record<
  string,
  string
>;

const manifest = (apiVersion: string, kind: string, metadata: JsonObject, more: JsonObject): JsonObject => ({
  manifest: { apiVersion, kind, metadata, ...more },
});
const radiusOf = (resources: Resources): BlastRadius =>
  new BlastRadii(estateOf(resources, REGISTRY)).of("courier") as BlastRadius;
const reachedIn = (resources: Resources, kind: ReachedThing["kind"]): readonly ReachedThing[] =>
  radiusOf(resources).reached.filter((one) => one.kind === kind);

const RBAC = "rbac.authorization.k8s.io";
function holding(rule: JsonObject): Resources {
  return {
    "kubernetes_manifest.role": manifest(`${RBAC}/v1`, "ClusterRole", { name: "r" }, { rules: [rule] }),
    "kubernetes_manifest.binding": manifest(
      `${RBAC}/v1`,
      "ClusterRoleBinding",
      { name: "b" },
      {
        roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: "r" },
        subjects: [{ kind: "ServiceAccount", namespace, name: serviceAccount }],
      },
    ),
  };
}

const rule = (resources: readonly string[], verbs: readonly string[], group = ""): JsonObject => ({
  apiGroups: [group],
  resources: [...resources],
  verbs: [...verbs],
});

test.each<[string, JsonObject, boolean]>([
  ["reads pods", rule(["pods"], ["get", "list", "watch"]), false],
  [
    "reads objects of a kind whose name begins like secrets",
    rule(["secretstores"], ["get"], "external-secrets.io"),
    false,
  ],
  ["reads logs by a path", { nonResourceURLs: ["/logs/*"], verbs: ["get"] }, false],
  ["reads secrets", rule(["secrets"], ["get"]), true],
  ["reads a secret by name", { ...rule(["secrets"], ["get"]), resourceNames: ["key"] }, true],
  ["reads every resource", rule(["*"], ["get"]), true],
  ["writes pods", rule(["pods"], ["get", "create"]), true],
  ["reads logs of pods", rule(["pods/log"], ["get"]), false],
  ["runs commands in pods by a WebSocket", rule(["pods/exec"], ["get"]), true],
  ["enters pods by a WebSocket", rule(["pods/attach"], ["get"]), true],
  ["reaches ports of pods by a WebSocket", rule(["pods/portforward"], ["get"]), true],
  ["sends requests to the kubelet of a node", rule(["nodes/proxy"], ["get"]), true],
  ["reads a subresource of every kind", rule(["*/exec"], ["get"]), true],
  ["lists objects with such a subresource", rule(["pods/status"], ["list"]), false],
  ["does anything with a path", { nonResourceURLs: ["/logs"], verbs: ["*"] }, true],
])("a right that %s is of high impact or not", (_, held, isHigh) => {
  const found = reachedIn(holding(held), "kubernetes");
  expect(found.map((one) => [one.isHigh, one.writes])).toEqual([[isHigh, isHigh]]);
});

const sending = (to: Json): Resources => ({
  "kubernetes_manifest.policy": manifest(
    "networking.k8s.io/v1",
    "NetworkPolicy",
    { name: "p", namespace },
    { spec: { podSelector: {}, policyTypes: ["Egress"], egress: [{ to: [to] }] } },
  ),
});
const block = (cidr: string, ...except: readonly string[]): JsonObject => ({ ipBlock: { cidr, except: [...except] } });

test.each<[string, Json, boolean]>([
  ["a private block", block("10.0.0.0/8"), false],
  ["a private address", block("192.168.7.9/32"), false],
  ["private addresses of IPv6", block("fd00::/8"), false],
  ["every pod", { namespaceSelector: {} }, false],
  ["a block that only begins privately", block("192.168.0.0/15"), true],
  ["two blocks of which one is public", block("10.0.0.0/7"), true],
  ["the private part of a larger block", block("192.168.0.0/15", "192.169.0.0/16"), false],
  ["a block of IPv6 that only begins privately", block("fc00::/6"), true],
  ["a public block", block("203.0.113.0/24"), true],
  ["all addresses", block("0.0.0.0/0"), true],
])("egress to %s leaves the network or not", (_, to, isOutward) => {
  expect(reachedIn(sending(to), "network").map((one) => one.isOutward)).toEqual([isOutward]);
});

test("egress without a policy leaves the network", () => {
  expect(reachedIn({}, "network").map((one) => one.isOutward)).toEqual([true]);
});

test("tokens in its pods are reached; its account and its labels are the principal itself", () => {
  const token = { serviceAccountToken: { path: "t", audience: "vault" } };
  const pod = {
    serviceAccountName: serviceAccount,
    automountServiceAccountToken: true,
    containers: [{ name: "main", image: "main:1", volumeMounts: [{ name: "v", mountPath: "/v" }] }],
    volumes: [{ name: "v", projected: { sources: [token] } }],
  };
  const deployment = manifest(
    "apps/v1",
    "Deployment",
    { name: "d", namespace },
    { spec: { selector: { matchLabels: { app: "d" } }, template: { metadata: { labels: { app: "d" } }, spec: pod } } },
  );
  const does = reachedIn({ "kubernetes_manifest.d": deployment }, "pod").map((one) => one.does);
  expect(does).toEqual(
    expect.arrayContaining([
      "its containers find a token of their service account",
      'container "main" gets a token of its service account for vault',
    ]),
  );
  expect(does.filter((one) => /^it is service account|carry the label/.test(one))).toEqual([]);
});
