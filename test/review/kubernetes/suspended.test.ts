import { kubernetesChanges } from "../../../review/difference/kubernetes/cluster-changes";
import type { JsonObject } from "../../../review/read/json";
import type { Estate } from "../../../review/read/resource";
import { estateOf, type Resources } from "../../support/review/estate-of";
import { linesOf, unknownLines } from "../../support/review/change-lines";

const ID = "ambit.internal/state";
const registered = (
  state: string,
  template = "spiffe://{{ .TrustDomain }}/ns/{{ .PodMeta.Namespace }}",
): Resources => ({
  "kubernetes_manifest.id": {
    manifest: {
      apiVersion: "spire.spiffe.io/v1alpha1",
      kind: "ClusterSPIFFEID",
      metadata: { name: "id" },
      spec: { spiffeIDTemplate: template, podSelector: { matchLabels: { [ID]: state } }, ttl: "1h", jwtTtl: "5m" },
    },
  },
});
const service: Resources = {
  "kubernetes_service_v1.s": {
    metadata: { name: "s", namespace: "finance" },
    spec: { selector: { [ID]: "suspended" } },
  },
};
const estate = (state: string, more: Resources = registered("active")): Estate =>
  estateOf({
    ...more,
    "kubernetes_service_account_v1.a": {
      metadata: { name: "clerk", namespace: "finance", labels: { [ID]: state } },
      automount_service_account_token: false,
    },
    "kubernetes_deployment_v1.d": {
      metadata: { name: "clerk", namespace: "finance" },
      spec: {
        template: {
          metadata: { labels: { [ID]: state } },
          spec: {
            service_account_name: "clerk",
            automount_service_account_token: false,
            container: [{ name: "agent", image: "images.acme.example/a:1" }],
          },
        },
      },
    },
  });

const gains = (base: Estate, head: Estate): string => {
  const changes = kubernetesChanges(base, head);
  return JSON.stringify([linesOf(changes, "gains"), unknownLines(changes)]);
};

test("an agent that is suspended gains nothing by the label, and one that is active again does", () => {
  expect(gains(estate("active"), estate("suspended"))).toBe("[{},{}]");
  expect(gains(estate("suspended"), estate("active"))).toContain(
    "its pods get the identity spiffe://(trust domain)/ns/finance",
  );
});

test.each<[string, Resources]>([
  ["a registration", registered("suspended")],
  ["a service", { ...registered("active"), ...service }],
])("unless %s selects what is suspended", (_, more) => {
  expect(gains(estate("active", more), estate("suspended", more))).toMatch(
    /ambit\.internal\/state=suspended|the identity/,
  );
});

const manifest = (apiVersion: string, kind: string, spec: JsonObject, name = "c"): Resources => ({
  ...registered("active"),
  "kubernetes_manifest.c": { manifest: { apiVersion, kind, metadata: { name, namespace: "finance" }, spec } },
});
const ACTIVE_PODS = { matchLabels: { [ID]: "active" } };
const CEL = {
  validations: [{ expression: `object.metadata.labels['${ID}'] != 'active' || !object.spec.hostNetwork` }],
};
const ADMISSION = ["admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", CEL] as const;

test.each<[string, Resources]>([
  [
    "a policy of Cilium",
    manifest("cilium.io/v2", "CiliumNetworkPolicy", { endpointSelector: ACTIVE_PODS, egress: [] }),
  ],
  [
    "a policy of Istio",
    manifest("security.istio.io/v1", "AuthorizationPolicy", { selector: ACTIVE_PODS, action: "DENY", rules: [{}] }),
  ],
  [
    "a policy of Kyverno",
    manifest("kyverno.io/v1", "ClusterPolicy", {
      rules: [{ match: { any: [{ resources: { kinds: ["Pod"], selector: ACTIVE_PODS } }] }, validate: {} }],
    }),
  ],
  [
    "a pattern of Kyverno",
    manifest("kyverno.io/v1", "ClusterPolicy", {
      rules: [{ selector: { matchLabels: { "ambit.internal/*": "active" } } }],
    }),
  ],
  ["an admission policy", manifest(...ADMISSION)],
  [
    "a static entry",
    manifest("spire.spiffe.io/v1alpha1", "ClusterStaticEntry", { selectors: [`k8s:pod-label:${ID}:suspended`] }),
  ],
])("and unless %s may select by it, which is not evaluated", (_, more) => {
  const told = gains(estate("active", more), estate("suspended", more));
  expect(told).toContain(`its pods carry the label ${ID}=suspended`);
  expect(told).toContain(`its service account carries the label ${ID}=suspended`);
});

test("but an admission policy of the constructs is none of those", () => {
  const more = manifest(...ADMISSION, "ambit-agent-pods");
  expect(gains(estate("active", more), estate("suspended", more))).toBe("[{},{}]");
});

test.each(["idle", ""])("and an unknown state is reported as unknown: %j", (state) => {
  expect(gains(estate("active"), estate(state))).toContain(
    "its service account carries the label ambit.internal/state=",
  );
});

test("all that a template asks for is told in words", () => {
  const told = gains(
    estate("active"),
    estate("active", registered("active", 'x/{{ index .PodMeta.Labels "who" }}/{{ .Any }}/{{')),
  );
  expect(told).toContain("x/(label who of the pod)/(what the pod says)/(a template that does not end)");
  expect(told).not.toContain("{{");
});
