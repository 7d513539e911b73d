import { kubernetesChanges } from "../../../review/difference/kubernetes/cluster-changes";
import type { JsonObject } from "../../../review/read/json";
import { unevaluatedChanges } from "../../../review/difference/unevaluated-resources";
import { estateOf, type Resources } from "../../support/review/estate-of";

const pod = (spec: JsonObject, more: JsonObject = {}): Resources => ({
  "kubernetes_deployment_v1.w": {
    metadata: { name: "w", namespace: "n", labels: { "ambit.internal/agent": "clerk" } },
    spec: { template: { metadata: { labels: { "ambit.internal/agent": "clerk" } }, spec } },
    ...more,
  },
});

const CONTAINER: JsonObject = { name: "agent", image: "i" };
const POD = pod({ container: [CONTAINER] });

const manifest = (kind: string, apiVersion: string, spec: JsonObject): Resources => ({
  "kubernetes_manifest.m": { manifest: { kind, apiVersion, metadata: { name: "m" }, spec } },
});

function unknownOf(base: Resources, head: Resources): readonly string[] {
  const changes = kubernetesChanges(estateOf(base), estateOf(head));
  return [...changes].flatMap(([name, { gains, unknown }]) =>
    [...unknown, ...gains].map(({ what }) => `${name}: ${what}`),
  );
}

test.each(["helm_release", "kubectl_manifest", "kustomization_resource"])("%s is told once", (type) => {
  const [none, one] = [estateOf({}), estateOf({ [`${type}.r`]: { name: "r", chart: "c" } })];
  for (const [base, head] of [
    [none, one],
    [one, none],
  ] as const) {
    const told = [kubernetesChanges(base, head), unevaluatedChanges(base, head)].flatMap((some) => [...some.values()]);
    expect(told.flatMap(({ gains, unknown }) => [...gains, ...unknown])).toHaveLength(1);
  }
});

describe("it counts as a gain where", () => {
  test.each<[string, Resources, Resources, string]>([
    ["a resource is counted", POD, pod({ container: [CONTAINER] }, { count: "${var.n}" }), 'count = "${var.n}"'],
    ["a list of containers cannot be read", POD, pod({ container: "${var.c}" }), 'containers = "${var.c}"'],
    [
      "a block is dynamic",
      POD,
      pod({ container: [CONTAINER], dynamic: { volume: { for_each: "${var.v}" } } }),
      "dynamic =",
    ],
    [
      "a security context cannot be read",
      POD,
      pod({ container: [{ ...CONTAINER, security_context: "${var.s}" }] }),
      "securityContext =",
    ],
    ["an image cannot be read", POD, pod({ container: [{ ...CONTAINER, image: "${var.i}" }] }), "runs image ${var.i}"],
    [
      "privileged cannot be read",
      POD,
      pod({ container: [{ ...CONTAINER, security_context: { privileged: "${var.p}" } }] }),
      "is privileged",
    ],
    [
      "a field of the pod is not known",
      POD,
      pod({ container: [CONTAINER], new_field: true }),
      'settings {"newField":true}',
    ],
    [
      "a field of a container is not known",
      POD,
      pod({ container: [{ ...CONTAINER, new_field: 1 }] }),
      'settings {"newField":1}',
    ],
    ["an annotation is added", POD, annotated(), "annotation a=b"],
    [
      "a manifest is an expression",
      {},
      { "kubernetes_manifest.m": { manifest: "${yamldecode(var.y)}" } },
      "manifest =",
    ],
    ["a kind is not known", {}, manifest("Policy", "kyverno.io/v1", {}), "Policy of kyverno.io/v1 m"],
    [
      "a kind has the name of another",
      {},
      manifest("NetworkPolicy", "crd.projectcalico.org/v1", {}),
      "NetworkPolicy of crd.projectcalico.org/v1 m",
    ],
    [
      "an object of that kind is changed",
      manifest("Policy", "kyverno.io/v1", { a: 1 }),
      manifest("Policy", "kyverno.io/v1", { a: 2 }),
      "Policy of kyverno.io/v1 m",
    ],
    ["an object of that kind is removed", manifest("Policy", "kyverno.io/v1", { a: 1 }), {}, "is removed"],
    ["a chart is installed", {}, { "helm_release.r": { name: "r", chart: "c" } }, "helm_release"],
    [
      "a secret is written",
      {},
      { "kubernetes_secret_v1.s": { metadata: { name: "s" }, data: { a: "b" } } },
      "Secret s",
    ],
    [
      "a policy writes into pods",
      POD,
      { ...POD, "kubernetes_manifest.m": mutating(), "kubernetes_manifest.b": mutatingBinding() },
      "modifies requests to the cluster",
    ],
  ])("%s", (_, base, head, what) => {
    expect(unknownOf(base, head).join("\n")).toContain(what);
    expect(unknownOf(head, head)).toEqual([]);
  });

  function annotated(): Resources {
    const template = {
      metadata: { labels: { "ambit.internal/agent": "clerk" }, annotations: { a: "b" } },
      spec: { container: [CONTAINER] },
    };
    return { "kubernetes_deployment_v1.w": { ...POD["kubernetes_deployment_v1.w"], spec: { template } } };
  }

  function mutating(): JsonObject {
    return {
      manifest: {
        apiVersion: "admissionregistration.k8s.io/v1",
        kind: "MutatingAdmissionPolicy",
        metadata: { name: "p" },
        spec: {},
      },
    };
  }

  function mutatingBinding(): JsonObject {
    return {
      manifest: {
        apiVersion: "admissionregistration.k8s.io/v1",
        kind: "MutatingAdmissionPolicyBinding",
        metadata: { name: "p" },
        spec: { policyName: "p" },
      },
    };
  }
});

describe("nothing is said where", () => {
  const counted = pod({ container: [{ ...CONTAINER, image: "${var.i}" }] }, { count: 2 });
  test.each<[string, Resources, Resources]>([
    ["what cannot be read is the same", counted, counted],
    [
      "an object of an unknown kind moves to another address",
      manifest("Policy", "k/v1", { a: 1 }),
      { "kubernetes_manifest.other": manifest("Policy", "k/v1", { a: 1 })["kubernetes_manifest.m"] as JsonObject },
    ],
    ["a budget of disruptions is added", {}, { "kubernetes_pod_disruption_budget_v1.p": { metadata: { name: "p" } } }],
    ["a manifest of a pod says what the provider's resource said", POD, asManifest()],
  ])("%s", (_, base, head) => {
    expect(unknownOf(base, head)).toEqual([]);
  });

  function asManifest(): Resources {
    const labels = { "ambit.internal/agent": "clerk" };
    return {
      "kubernetes_manifest.w": {
        manifest: {
          apiVersion: "apps/v1",
          kind: "Deployment",
          metadata: { name: "w", namespace: "n", labels },
          spec: { template: { metadata: { labels }, spec: { containers: [CONTAINER] } } },
        },
      },
    };
  }
});

test("without agents, a guard that goes away stands under its own address", () => {
  const hook = {
    "kubernetes_validating_webhook_configuration_v1.w": { metadata: { name: "w" }, webhook: [{ name: "h", rule: [] }] },
  };
  const changes = kubernetesChanges(estateOf(hook), estateOf({}));
  expect([...changes].map(([name, { gains }]) => [name, gains.map(({ what }) => what)])).toEqual([
    ["test/kubernetes_validating_webhook_configuration_v1.w", ["webhook h is enforced no more"]],
  ]);
});

test.each(["__proto__", "constructor", "toString", ""])("names such as %j are names", (name) => {
  const resources: Resources = {
    "kubernetes_service_account_v1.a": {
      metadata: JSON.parse(`{"name":${JSON.stringify(name)},"labels":{${JSON.stringify(name)}:"x"}}`) as JsonObject,
    },
    "kubernetes_config_map_v1_data.d": {
      metadata: { name: "ambit-agents", namespace: "n" },
      data: JSON.parse(`{${JSON.stringify(name)}:${JSON.stringify(name)}}`) as JsonObject,
    },
  };
  const registry = JSON.parse(
    `{"agents":{${JSON.stringify(name)}:{"workload":{"namespace":"n","serviceAccount":${JSON.stringify(name)}}}}}`,
  ) as JsonObject;
  expect([...kubernetesChanges(estateOf({}, {}), estateOf(resources, registry)).keys()]).toContain(name);
  expect(Object.prototype).not.toHaveProperty("x");
});
