import { DaemonSetV1 } from "@cdktf/provider-kubernetes/lib/daemon-set-v1";
import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest";
import { Fleet, type ClusterProps } from "../../../constructs";
import { AdmissionPolicies, type AdmissionPoliciesProps } from "../../../constructs/admission";
import { OWN_PATHS } from "../../../constructs/admission/private/host-paths";
import { SpiffeCsiDriver, SpireAgent } from "../../../constructs/spire";
import { fleet as exampleFleet } from "../../../fleet";
import { facts } from "../../../fleet/platform";
import table from "../../cases/admission.json";
import { podOf } from "../../support/spire";
import { newStack, platformWith, Template } from "../../support/synth";

const NAMES = [
  "ambit-agent-pods",
  "ambit-foreign-pods",
  "ambit-host-access",
  "ambit-host-paths",
  "ambit-host-volumes",
  "ambit-identity-kinds",
  "ambit-identity-objects",
  "ambit-killed-agents",
  "ambit-namespaces",
  "ambit-network-policies",
  "ambit-node-access",
  "ambit-platform-workloads",
  "ambit-pod-access",
  "ambit-pod-updates",
  "ambit-records",
  "ambit-tokens",
];

interface PolicySpec {
  readonly failurePolicy: string;
  readonly paramKind?: object;
  readonly matchConditions?: readonly { readonly name: string }[];
  readonly matchConstraints: {
    readonly matchPolicy: string;
    readonly namespaceSelector: { readonly matchExpressions?: readonly { readonly values?: readonly string[] }[] };
    readonly objectSelector: object;
    readonly resourceRules: readonly {
      readonly apiVersions: readonly string[];
      readonly resources: readonly string[];
      readonly scope: string;
    }[];
  };
  readonly validations: readonly { readonly expression: string; readonly message: string; readonly reason: string }[];
}

interface BindingSpec {
  readonly policyName: string;
  readonly validationActions: readonly string[];
  readonly paramRef?: object;
}

interface Made<Spec> {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Spec;
}

function manifests(
  props?: AdmissionPoliciesProps,
  cluster: Partial<ClusterProps> = {},
  fleet: Fleet = Fleet.of(),
  killSwitch = false,
) {
  const stack = newStack(platformWith({ killSwitch, cluster: { ...facts.cluster, ...cluster } }), fleet);
  new AdmissionPolicies(stack, "Admission", props);
  const resources = Template.of(stack).all(Manifest);
  const of = <Spec>(kind: string): readonly Made<Spec>[] =>
    resources.map(({ manifest }) => manifest as Made<Spec>).filter((made) => made.kind === kind);
  return {
    resources,
    policies: of<PolicySpec>("ValidatingAdmissionPolicy"),
    bindings: of<BindingSpec>("ValidatingAdmissionPolicyBinding"),
  };
}

const { policies, bindings, resources } = manifests();
const policyNamed = (name: string, among = policies): PolicySpec =>
  (among.find(({ metadata }) => metadata.name === name) as Made<PolicySpec>).spec;
const validations = policies.flatMap(({ spec }) => spec.validations);

test("there is one policy per rule, and a binding for each", () => {
  expect(policies.map(({ metadata }) => metadata.name).sort()).toEqual(NAMES);
  expect(bindings.map(({ metadata }) => metadata.name).sort()).toEqual(NAMES);
  expect(bindings.filter(({ metadata, spec }) => metadata.name !== spec.policyName)).toEqual([]);
  expect(resources).toHaveLength(2 * NAMES.length);
});

test("a policy that cannot be evaluated refuses, and every binding denies", () => {
  expect(new Set(policies.map(({ spec }) => spec.failurePolicy))).toEqual(new Set(["Fail"]));
  expect(bindings.filter(({ spec }) => JSON.stringify(spec.validationActions) !== '["Deny"]')).toEqual([]);
});

test("a request whose record is missing is refused", () => {
  const withParameters = bindings.filter(({ spec }) => spec.paramRef !== undefined);
  expect(Object.fromEntries(withParameters.map(({ metadata, spec }) => [metadata.name, spec.paramRef]))).toEqual({
    "ambit-agent-pods": { name: "ambit-agents", parameterNotFoundAction: "Deny" },
    "ambit-killed-agents": {
      name: "ambit-killed-agents",
      namespace: "ambit-system",
      parameterNotFoundAction: "Deny",
    },
  });
  const kinds = policies.filter(({ spec }) => spec.paramKind !== undefined);
  expect(kinds.map(({ metadata, spec }) => [metadata.name, spec.paramKind])).toEqual([
    ["ambit-agent-pods", { apiVersion: "v1", kind: "ConfigMap" }],
    ["ambit-killed-agents", { apiVersion: "v1", kind: "ConfigMap" }],
  ]);
});

test("what asks a record looks at agent namespaces alone: where it is missing, the rest of the cluster goes on", () => {
  for (const { spec } of policies.filter(({ spec }) => spec.paramKind !== undefined)) {
    expect(spec.matchConstraints.namespaceSelector).toEqual({
      matchExpressions: [{ key: "ambit.internal/namespace", operator: "In", values: ["agents"] }],
    });
  }
});

test("what the API server fills in is written out, so that a plan shows no difference", () => {
  for (const { spec } of policies) {
    const { matchPolicy, namespaceSelector, objectSelector, resourceRules } = spec.matchConstraints;
    expect(matchPolicy).toBe("Equivalent");
    expect([namespaceSelector, objectSelector]).not.toContain(undefined);
    expect(resourceRules.filter(({ scope, apiVersions }) => scope !== "*" || apiVersions[0] !== "*")).toEqual([]);
    expect(resourceRules.length).toBeGreaterThan(0);
  }
});

test("controllers may count and finalize what was admitted before: templates are judged when they change", () => {
  const judging = policies.filter(({ spec }) =>
    spec.matchConstraints.resourceRules.some(({ resources }) => resources.includes("deployments")),
  );
  const conditions = judging.map(({ metadata, spec }) => [
    metadata.name,
    spec.matchConditions?.map(({ name }) => name),
  ]);
  expect(Object.fromEntries(conditions)).toEqual({
    "ambit-agent-pods": ["the-template-changed"],
    "ambit-foreign-pods": ["the-template-changed"],
    "ambit-host-access": ["the-template-changed"],
    "ambit-host-paths": ["the-template-changed"],
    // Here it is about who writes, not about what.
    "ambit-platform-workloads": undefined,
  });
});

test("SPIRE's pods may mount what they mount, and nothing more", () => {
  const stack = newStack();
  new SpireAgent(stack, "Agent", { server: { address: "spire-server", port: 8081, ready: [] } });
  new SpiffeCsiDriver(stack, "Csi", { after: [] });
  const pods = Template.of(stack)
    .all(DaemonSetV1)
    .map((daemonSet) => podOf(daemonSet).pod);
  const mounted = pods.map(({ service_account_name, volume }) => [
    service_account_name,
    volume.flatMap(({ host_path }) => (host_path === undefined ? [] : [(host_path as { path: string }).path])).sort(),
  ]);
  const allowed = Object.entries(OWN_PATHS).map(([account, paths]) => [account, [...paths].sort()]);
  expect(Object.fromEntries(mounted)).toEqual(Object.fromEntries(allowed));
});

test("a binding waits for its policy", () => {
  const waiting = resources.filter(({ depends_on }) => depends_on !== undefined);
  expect(waiting.map(({ depends_on }) => (depends_on as readonly string[]).length)).toEqual(NAMES.map(() => 1));
});

test("every message is one lower-case sentence that says what to do instead, with the reason Forbidden", () => {
  for (const { message, reason } of validations) {
    expect(message).toMatch(/^[a-z][^\n]*: [^\n]*[^.\n]$/);
    expect(reason).toBe("Forbidden");
  }
  expect(validations.length).toBeGreaterThan(NAMES.length);
});

test("policies and bindings are the same for any fleet, and name no agent", () => {
  const large = manifests({}, {}, exampleFleet);
  expect(large.resources).toEqual(resources);
  const text = JSON.stringify(resources);
  expect(exampleFleet.agents.length).toBeGreaterThan(3);
  expect(exampleFleet.agents.filter(({ name }) => text.includes(name))).toEqual([]);
});

test("deployers are those of the platform", () => {
  const named = manifests({}, { deployers: { users: [`ops "night" \\ shift`], groups: ["acme:deployers"] } });
  const text = JSON.stringify(named.resources);
  expect(text).not.toContain("ambit:deployers");
  const guarded = named.policies.filter(({ spec }) => JSON.stringify(spec).includes("acme:deployers"));
  expect(guarded.map(({ metadata }) => metadata.name).sort()).toEqual([
    "ambit-identity-kinds",
    "ambit-identity-objects",
    "ambit-namespaces",
    "ambit-network-policies",
    "ambit-platform-workloads",
    "ambit-records",
    "ambit-tokens",
  ]);
  const expression = policyNamed("ambit-identity-kinds", named.policies).validations[0]?.expression;
  expect(expression).toContain(String.raw`request.userInfo.username in ["ops \"night\" \\ shift"]`);
  expect(expression).toContain(`request.userInfo.?groups.orValue([]).exists(group, group in ["acme:deployers"])`);
});

test("killers may write the kill list, and nothing else", () => {
  const killer = "system:serviceaccount:ambit-system:kill-switch";
  const named = manifests({ killers: { users: [killer] } });
  const naming = named.policies.flatMap(({ metadata, spec }) =>
    spec.validations
      .filter(({ expression }) => expression.includes(killer))
      .map(({ message }) => [metadata.name, message]),
  );
  expect(naming).toEqual([["ambit-records", "who is killed is written by the kill switch: use it"]]);
  // The rule for the platform's other ConfigMaps leaves the list to that one.
  const others = policyNamed("ambit-records").validations.find(({ message }) => message.startsWith("config maps"));
  expect(others?.expression).toContain(
    `((request.namespace == "ambit-system") && (variables.name == "ambit-killed-agents"))`,
  );
});

test("the kill switch adds to the kill list and takes nothing off, where there is one; who may do more is not bound by it", () => {
  const bound = (named = manifests()) =>
    policyNamed("ambit-records", named.policies).validations.filter(({ message }) => message.startsWith("the kill sw"));
  expect(bound()).toEqual([]);
  const [rule, ...others] = bound(manifests({}, {}, Fleet.of(), true));
  expect(others).toEqual([]);
  for (const part of [
    `(!((request.userInfo.?groups.orValue([]).exists(group, group in ["ambit:kill-switch"]))))`,
    `request.userInfo.?groups.orValue([]).exists(group, group in ["ambit:deployers"])`,
    "oldObject.?data.orValue({}).all(agent, agent in object.?data.orValue({}))",
    "!object.?immutable.orValue(false)",
    "object.metadata.?ownerReferences.orValue([]).size() == 0",
  ]) {
    expect(rule?.expression).toContain(part);
  }
});

test("without killers the kill list is the deployers'", () => {
  const rule = policyNamed("ambit-records").validations.find(({ message }) => message.startsWith("who is killed"));
  expect(rule?.expression).toContain(' || ((false) && (request.operation == "UPDATE")) || ');
});

test("namespaces that may mount SPIRE's folders are those of the platform", () => {
  const named = manifests({}, { hostPathNamespaces: ["kube-system", "monitoring"] });
  const exempt = (name: string) => {
    const { namespaceSelector } = policyNamed(name, named.policies).matchConstraints;
    return namespaceSelector.matchExpressions?.[0];
  };
  const elsewhere = { key: "kubernetes.io/metadata.name", operator: "NotIn" };
  expect(exempt("ambit-host-paths")).toEqual({ ...elsewhere, values: ["kube-system", "monitoring"] });
  expect(exempt("ambit-host-access")).toEqual({ ...elsewhere, values: ["kube-system", "monitoring", "spire-system"] });
});

test("fails when deployers are empty, or all users", () => {
  const sentence = "platform: cluster.deployers must name at least one user or group, got none";
  expect(() => manifests({}, { deployers: { users: [], groups: [] } })).toThrow(sentence);
  expect(() => manifests({}, { deployers: { groups: ["system:authenticated"] } })).toThrow(
    'platform: cluster.deployers must not include every user or service account, got "system:authenticated": name the users or groups that deploy the platform',
  );
});

test("fails when a group of all users may kill", () => {
  expect(() => manifests({ killers: { groups: ["system:serviceaccounts"] } })).toThrow(
    '[test/Admission]: killers must not include every user or service account, got "system:serviceaccounts": name the users or groups of the kill switch',
  );
  expect(() => manifests({ killers: { users: [""] } })).toThrow(
    '[test/Admission]: killers must be a non-empty string, got ""',
  );
});

describe("the table that the real API server is asked", () => {
  const cases = Object.values(table.cases).flat() as readonly { readonly name: string; readonly refusedBy?: string }[];
  const refused = cases.filter(({ refusedBy }) => refusedBy !== undefined);

  test("refuses more than it allows", () => {
    expect(cases.length).toBeGreaterThan(200);
    expect(refused.length).toBeGreaterThan(cases.length / 2);
  });

  test("has more refusals than permissions of the kill switch's", () => {
    const rows: readonly { readonly refusedBy?: string }[] = table.withKillSwitch;
    expect(rows.filter(({ refusedBy }) => refusedBy !== undefined).length).toBeGreaterThan(rows.length / 2);
  });

  test("has a refusal by every policy", () => {
    expect([...new Set(refused.map(({ refusedBy }) => refusedBy))].sort()).toEqual([...NAMES, "the API server"].sort());
  });
});
