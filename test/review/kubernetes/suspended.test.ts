import { kubernetesChanges } from "../../../review/difference/kubernetes";
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

test.each(["idle", ""])("and a state that nobody knows is unknown: %j", (state) => {
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
