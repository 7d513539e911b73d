import { kubernetesChanges } from "../../../review/difference/kubernetes/cluster-changes";
import type { JsonObject } from "../../../review/read/json";
import { estateOf, type Resources } from "../../support/review/estate-of";

const ACCOUNT: Resources = {
  "kubernetes_service_account_v1.clerk": {
    metadata: { name: "clerk", namespace: "finance", labels: { "ambit.internal/agent": "clerk" } },
  },
};

const rule = (resources: readonly string[], verbs: readonly string[], more: JsonObject = {}): JsonObject => ({
  api_groups: [""],
  resources,
  verbs,
  ...more,
});

const CLERK: JsonObject = { kind: "ServiceAccount", name: "clerk", namespace: "finance" };

const role = (...rules: readonly JsonObject[]): Resources => ({
  "kubernetes_role_v1.r": { metadata: { name: "r", namespace: "finance" }, rule: rules },
});
const clusterRole = (name: string, rules: readonly JsonObject[], more: JsonObject = {}): Resources => ({
  [`kubernetes_cluster_role_v1.${name}`]: {
    metadata: { name, ...(more.metadata as JsonObject) },
    rule: rules,
    ...without(more),
  },
});
const without = ({ metadata: _, ...more }: JsonObject): JsonObject => more;

const bound = (kind: "Role" | "ClusterRole", name: string, subject: JsonObject = CLERK): Resources => ({
  "kubernetes_role_binding_v1.b": {
    metadata: { name: "b", namespace: "finance" },
    role_ref: { api_group: "rbac.authorization.k8s.io", kind, name },
    subject: [subject],
  },
});
const boundEverywhere = (name: string, subject: JsonObject = CLERK): Resources => ({
  "kubernetes_cluster_role_binding_v1.b": {
    metadata: { name: "b" },
    role_ref: { api_group: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
    subject: [subject],
  },
});

function changesOf(base: Resources, head: Resources) {
  const changes = kubernetesChanges(estateOf({ ...ACCOUNT, ...base }), estateOf({ ...ACCOUNT, ...head }));
  const clerk = changes.get("clerk");
  return {
    gains: (clerk?.gains ?? []).map(({ what, witness }) => `${what}: ${witness}`),
    unknown: (clerk?.unknown ?? []).map(({ what }) => what),
    losses: (clerk?.losses ?? []).map(({ what }) => what),
  };
}

const READ = rule(["configmaps"], ["get", "list"]);
const BOUND = bound("Role", "r");

describe("a gain is reported where", () => {
  test.each<[string, Resources, Resources, string]>([
    [
      "a role is bound",
      role(READ),
      { ...role(READ), ...BOUND },
      "get, list configmaps in namespace finance: get configmaps/x in namespace finance",
    ],
    [
      "a verb is added",
      { ...role(READ), ...BOUND },
      { ...role(rule(["configmaps"], ["get", "list", "delete"])), ...BOUND },
      "delete configmaps in namespace finance: delete configmaps/x in namespace finance",
    ],
    [
      "a resource is added",
      { ...role(READ), ...BOUND },
      { ...role(READ, rule(["secrets"], ["get"])), ...BOUND },
      "get secrets in namespace finance: get secrets/x in namespace finance",
    ],
    [
      "verbs become a wildcard",
      { ...role(READ), ...BOUND },
      { ...role(rule(["configmaps"], ["*"])), ...BOUND },
      "any verb configmaps in namespace finance: x1 configmaps/x in namespace finance",
    ],
    [
      "resources become a wildcard",
      { ...role(rule(["secrets"], ["get"])), ...BOUND },
      { ...role(rule(["*"], ["get"])), ...BOUND },
      "get every resource in namespace finance: get x1/x in namespace finance",
    ],
    [
      "API groups become a wildcard",
      { ...role(READ), ...BOUND },
      { ...role({ ...READ, api_groups: ["*"] }), ...BOUND },
      "get, list configmaps of every API group in namespace finance: get configmaps.x1/x in namespace finance",
    ],
    [
      "names are dropped",
      { ...role({ ...READ, resource_names: ["a"] }), ...BOUND },
      { ...role(READ), ...BOUND },
      "get, list configmaps in namespace finance: get configmaps/x in namespace finance",
    ],
    [
      "a name is added",
      { ...role({ ...READ, resource_names: ["a"] }), ...BOUND },
      { ...role({ ...READ, resource_names: ["a", "b"] }), ...BOUND },
      "get, list configmaps named a, b in namespace finance: get configmaps/b in namespace finance",
    ],
    [
      "a subresource is added",
      { ...role(rule(["pods"], ["create"])), ...BOUND },
      { ...role(rule(["pods", "pods/exec"], ["create"])), ...BOUND },
      "create pods/exec in namespace finance: create pods/exec in namespace finance",
    ],
    [
      "a subresource of everything is added",
      { ...role(rule(["pods/log"], ["get"])), ...BOUND },
      { ...role(rule(["*/log"], ["get"])), ...BOUND },
      "get */log in namespace finance: get secrets/x/log in namespace finance",
    ],
    [
      "a binding in one namespace becomes one of the cluster",
      { ...clusterRole("c", [READ]), ...bound("ClusterRole", "c") },
      { ...clusterRole("c", [READ]), ...boundEverywhere("c") },
      "get, list configmaps in the whole cluster: get configmaps/x in namespace default",
    ],
    [
      "every service account gets it",
      clusterRole("c", [READ]),
      { ...clusterRole("c", [READ]), ...boundEverywhere("c", { kind: "Group", name: "system:serviceaccounts" }) },
      "get, list configmaps in the whole cluster: get configmaps/x in namespace default",
    ],
    [
      "every service account of the namespace gets it",
      clusterRole("c", [READ]),
      {
        ...clusterRole("c", [READ]),
        ...boundEverywhere("c", { kind: "Group", name: "system:serviceaccounts:finance" }),
      },
      "get, list configmaps in the whole cluster: get configmaps/x in namespace default",
    ],
    [
      "all authenticated users get it",
      clusterRole("c", [READ]),
      { ...clusterRole("c", [READ]), ...boundEverywhere("c", { kind: "Group", name: "system:authenticated" }) },
      "get, list configmaps in the whole cluster: get configmaps/x in namespace default",
    ],
    [
      "the account is named as a user",
      role(READ),
      { ...role(READ), ...bound("Role", "r", { kind: "User", name: "system:serviceaccount:finance:clerk" }) },
      "get, list configmaps in namespace finance: get configmaps/x in namespace finance",
    ],
    [
      "a role that is aggregated gets a rule",
      {
        ...clusterRole("whole", [], {
          aggregation_rule: { cluster_role_selectors: [{ match_labels: { part: "yes" } }] },
        }),
        ...clusterRole("part", [READ], { metadata: { labels: { part: "yes" } } }),
        ...boundEverywhere("whole"),
      },
      {
        ...clusterRole("whole", [], {
          aggregation_rule: { cluster_role_selectors: [{ match_labels: { part: "yes" } }] },
        }),
        ...clusterRole("part", [READ, rule(["secrets"], ["get"])], { metadata: { labels: { part: "yes" } } }),
        ...boundEverywhere("whole"),
      },
      "get secrets in the whole cluster: get secrets/x in namespace default",
    ],
    [
      "a role becomes part of the cluster's own",
      { ...clusterRole("part", [rule(["secrets"], ["get"])]), ...boundEverywhere("edit") },
      {
        ...clusterRole("part", [rule(["secrets"], ["get"])], {
          metadata: { labels: { "rbac.authorization.k8s.io/aggregate-to-view": "true" } },
        }),
        ...boundEverywhere("edit"),
      },
      "get secrets in the whole cluster: get secrets/x in namespace default",
    ],
    [
      "the cluster's own role is bound",
      {},
      bound("ClusterRole", "edit"),
      "everything that ClusterRole edit gives in namespace finance: get secrets/x in namespace finance",
    ],
    [
      "a stronger role of the cluster is bound",
      bound("ClusterRole", "view"),
      bound("ClusterRole", "admin"),
      "everything that ClusterRole admin gives in namespace finance: create rolebindings in namespace finance",
    ],
    [
      "the role of the administrator is bound",
      bound("ClusterRole", "admin"),
      { ...bound("ClusterRole", "admin"), ...boundEverywhere("cluster-admin") },
      "any verb every resource in the whole cluster: get secrets/x in namespace default",
    ],
    [
      "a path is added",
      { ...clusterRole("c", [READ]), ...boundEverywhere("c") },
      { ...clusterRole("c", [READ, { non_resource_urls: ["/metrics"], verbs: ["get"] }]), ...boundEverywhere("c") },
      "get the path /metrics: get /metrics",
    ],
    [
      "a path gets a wildcard",
      { ...clusterRole("c", [{ non_resource_urls: ["/logs/a"], verbs: ["get"] }]), ...boundEverywhere("c") },
      { ...clusterRole("c", [{ non_resource_urls: ["/logs/*"], verbs: ["get"] }]), ...boundEverywhere("c") },
      "get the path /logs/*: get /logs/x",
    ],
    [
      "it may escalate",
      { ...role(READ), ...BOUND },
      {
        ...role(READ, { api_groups: ["rbac.authorization.k8s.io"], resources: ["roles"], verbs: ["escalate", "bind"] }),
        ...BOUND,
      },
      "bind, escalate roles of rbac.authorization.k8s.io in namespace finance (may give rights that it does not have, may write roles with more rights than its own): escalate roles.rbac.authorization.k8s.io/x in namespace finance",
    ],
    [
      "it may impersonate",
      {},
      { ...clusterRole("c", [rule(["users"], ["impersonate"])]), ...boundEverywhere("c") },
      "impersonate users in the whole cluster (may act as another principal): impersonate users/x in namespace default",
    ],
    [
      "a manifest binds it",
      role(READ),
      {
        ...role(READ),
        "kubernetes_manifest.b": {
          manifest: {
            apiVersion: "rbac.authorization.k8s.io/v1",
            kind: "RoleBinding",
            metadata: { name: "b", namespace: "finance" },
            roleRef: { kind: "Role", name: "r" },
            subjects: [CLERK],
          },
        },
      },
      "get, list configmaps in namespace finance: get configmaps/x in namespace finance",
    ],
  ])("%s", (_, base, head, gain) => {
    expect(changesOf(base, head)).toMatchObject({ gains: [gain], unknown: [] });
    expect(changesOf(head, base)).toMatchObject({
      gains: expect.not.arrayContaining([gain]),
      losses: [gain.slice(0, gain.lastIndexOf(": "))],
    });
  });
});

describe("nothing is gained where", () => {
  const PARTS = { ...role(READ, rule(["secrets"], ["get"])), ...BOUND };
  test.each<[string, Resources, Resources]>([
    ["nothing changed", PARTS, PARTS],
    ["a rule is dropped", PARTS, { ...role(READ), ...BOUND }],
    [
      "rules are merged and sorted",
      { ...role(rule(["configmaps"], ["get"]), rule(["configmaps"], ["list"])), ...BOUND },
      { ...role(READ), ...BOUND },
    ],
    [
      "a wildcard is replaced by what it holds",
      { ...role(rule(["*"], ["*"])), ...BOUND },
      { ...role(READ, rule(["pods/exec"], ["create"])), ...BOUND },
    ],
    [
      "a name is dropped",
      { ...role({ ...READ, resource_names: ["a", "b"] }), ...BOUND },
      { ...role({ ...READ, resource_names: ["b"] }), ...BOUND },
    ],
    [
      "names are added where there were none",
      { ...role(READ), ...BOUND },
      { ...role({ ...READ, resource_names: ["b"] }), ...BOUND },
    ],
    [
      "the binding of a cluster becomes one of a namespace",
      { ...clusterRole("c", [READ]), ...boundEverywhere("c") },
      { ...clusterRole("c", [READ]), ...bound("ClusterRole", "c") },
    ],
    [
      "a role takes another name",
      { ...clusterRole("c", [READ]), ...boundEverywhere("c") },
      { ...clusterRole("d", [READ]), ...boundEverywhere("d") },
    ],
    [
      "a role becomes one of the cluster, bound as before",
      { ...role(READ), ...BOUND },
      { ...clusterRole("c", [READ]), ...bound("ClusterRole", "c") },
    ],
    ["a role of the cluster becomes a weaker one", bound("ClusterRole", "admin"), bound("ClusterRole", "view")],
    [
      "another group is bound",
      clusterRole("c", [READ]),
      { ...clusterRole("c", [READ]), ...boundEverywhere("c", { kind: "Group", name: "devs" }) },
    ],
    [
      "accounts of another namespace are bound",
      clusterRole("c", [READ]),
      { ...clusterRole("c", [READ]), ...boundEverywhere("c", { kind: "Group", name: "system:serviceaccounts:other" }) },
    ],
    ["the provider's other name is used", { ...role(READ), ...BOUND }, { ...renamed(role(READ)), ...renamed(BOUND) }],
  ])("%s", (_, base, head) => {
    expect(changesOf(base, head)).toMatchObject({ gains: [], unknown: [] });
  });

  function renamed(resources: Resources): Resources {
    return Object.fromEntries(
      Object.entries(resources).map(([key, values]) => [`${key.replace("_v1.", ".")}-moved`, values]),
    );
  }
});

describe("it is unknown where", () => {
  test.each<[string, Resources, Resources, string]>([
    [
      "a role is bound that is not reviewed",
      {},
      bound("ClusterRole", "vendor"),
      "everything that ClusterRole vendor gives in namespace finance",
    ],
    [
      "a verb cannot be read",
      { ...role(READ), ...BOUND },
      { ...role(READ, rule(["pods"], ["${var.verb}"])), ...BOUND },
      "${var.verb} pods in namespace finance",
    ],
    [
      "a resource cannot be read and was another before",
      { ...role(rule(["${var.one}"], ["get"])), ...BOUND },
      { ...role(rule(["${var.other}"], ["get"])), ...BOUND },
      "get ${var.other} in namespace finance",
    ],
  ])("%s", (_, base, head, what) => {
    expect(changesOf(base, head)).toMatchObject({ gains: [], unknown: [what] });
    expect(changesOf(head, head)).toEqual({ gains: [], unknown: [], losses: [] });
  });
});

test("a user, a group and an account without an agent stand under their address", () => {
  const head = {
    ...role(READ),
    "kubernetes_role_binding_v1.b": {
      metadata: { name: "b", namespace: "finance" },
      role_ref: { kind: "Role", name: "r" },
      subject: [{ kind: "User", name: "alice" }],
    },
    "kubernetes_service_account_v1.other": { metadata: { name: "other", namespace: "finance" } },
    "kubernetes_role_binding_v1.c": {
      metadata: { name: "c", namespace: "finance" },
      role_ref: { kind: "Role", name: "r" },
      subject: [{ kind: "ServiceAccount", name: "other", namespace: "finance" }],
    },
  };
  const changes = kubernetesChanges(estateOf(role(READ)), estateOf(head));
  expect([...changes.keys()].sort()).toEqual([
    "test/kubernetes_role_binding_v1.b",
    "test/kubernetes_service_account_v1.other",
  ]);
});
