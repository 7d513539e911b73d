import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { ServiceV1 } from "@cdktf/provider-kubernetes/lib/service-v1";
import { ValidatingWebhookConfigurationV1 } from "@cdktf/provider-kubernetes/lib/validating-webhook-configuration-v1";
import { SpireControllerManager } from "../../../constructs/spire";
import { fails } from "../../support/domain";
import { rightsIn } from "../../support/spire";
import { newStack, platformWith, Template } from "../../support/synth";

const PROPS = { podLabels: { app: "server" }, workloads: 10 };
const managerWith = (props = {}) => {
  const stack = newStack();
  const manager = new SpireControllerManager(stack, "Manager", { ...PROPS, ...props });
  return { manager, template: Template.of(stack) };
};

test("SpireControllerManager reads what entries are made of, and writes status and its webhook's CA alone", () => {
  const { rules, subjects } = rightsIn(managerWith().template);
  expect(rules).toEqual({
    "*/spire-controller-manager": [
      "get,list,watch /endpoints,namespaces,nodes,pods",
      "get,list,watch spire.spiffe.io/clusterfederatedtrustdomains,clusterspiffeids",
      "update spire.spiffe.io/clusterspiffeids/status",
      "list,watch admissionregistration.k8s.io/validatingwebhookconfigurations",
      "get,patch admissionregistration.k8s.io/validatingwebhookconfigurations spire-controller-manager-webhook",
    ],
    "spire-server/spire-controller-manager-leader-election": [
      "create coordination.k8s.io/leases",
      "get,update coordination.k8s.io/leases controller-manager.spire.spiffe.io",
      "create,patch /events",
    ],
  });
  expect(Object.values(subjects).flat()).toEqual([
    "ServiceAccount spire-server/spire-server as spire-controller-manager",
    "ServiceAccount spire-server/spire-server as spire-controller-manager-leader-election",
  ]);
});

test("its webhook refuses from the first apply, when it cannot be asked too", () => {
  const { webhook, metadata } = managerWith().template.only(ValidatingWebhookConfigurationV1) as {
    metadata: unknown;
    webhook: readonly Readonly<Record<string, unknown>>[];
  };
  expect(metadata).toEqual({ name: "spire-controller-manager-webhook" });
  const hook = (kind: string) => ({
    name: `v${kind}.kb.io`,
    admission_review_versions: ["v1"],
    side_effects: "None",
    failure_policy: "Fail",
    match_policy: "Equivalent",
    timeout_seconds: 10,
    client_config: {
      service: {
        name: "spire-controller-manager-webhook",
        namespace: "spire-server",
        path: `/validate-spire-spiffe-io-v1alpha1-${kind}`,
        port: 443,
      },
    },
    rule: [
      {
        api_groups: ["spire.spiffe.io"],
        api_versions: ["v1alpha1"],
        operations: ["CREATE", "UPDATE"],
        resources: [`${kind}s`],
        scope: "*",
      },
    ],
  });
  expect(webhook).toEqual([hook("clusterfederatedtrustdomain"), hook("clusterspiffeid")]);
});

test("the CA that it writes into each webhook is not taken back at the next apply, and nothing else is let be", () => {
  const { lifecycle } = managerWith().template.only(ValidatingWebhookConfigurationV1);
  expect(lifecycle).toEqual({
    ignore_changes: ["webhook[0].client_config[0].ca_bundle", "webhook[1].client_config[0].ca_bundle"],
  });
});

test("the webhook's service leads to the pods it runs in", () => {
  expect(managerWith().template.only(ServiceV1)).toMatchObject({
    metadata: { name: "spire-controller-manager-webhook", namespace: "spire-server" },
    spec: { selector: { app: "server" }, port: [{ port: 443, target_port: "9443", protocol: "TCP" }] },
  });
});

test("its container is hardened, and asks with webhooks on", () => {
  const { container, volumes } = managerWith().manager;
  expect(container).toMatchObject({
    name: "spire-controller-manager",
    args: ["--config=/controller-manager/controller-manager-config.yaml"],
    env: [{ name: "ENABLE_WEBHOOKS", value: "true" }],
    securityContext: {
      allowPrivilegeEscalation: false,
      privileged: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ["ALL"] },
    },
    livenessProbe: { httpGet: { path: "/healthz", port: "8083" } },
    readinessProbe: { httpGet: { path: "/readyz", port: "8083" } },
  });
  expect(volumes.map(({ name }) => name)).toEqual(["controller-manager-config", "controller-manager-tmp"]);
});

test("its memory grows with the workloads", () => {
  expect(managerWith({ workloads: 4_000 }).manager.container.resources.limits.memory).toBe("640Mi");
});

test("its configuration is a file that says which cluster it is for", () => {
  const { data, metadata } = managerWith({ clusterDomain: "west.acme.example" }).template.only(ConfigMapV1) as {
    metadata: unknown;
    data: Readonly<Record<string, string>>;
  };
  expect(metadata).toEqual({ name: "spire-controller-manager", namespace: "spire-server" });
  expect(JSON.parse(data["controller-manager-config.yaml"] as string)).toMatchObject({
    className: "ambit",
    watchClassless: false,
    trustDomain: "prod.acme.example",
    clusterDomain: "west.acme.example",
  });
});

fails(
  "the platform names no image of it",
  () => {
    const stack = newStack(platformWith({ images: {} }));
    new SpireControllerManager(stack, "Manager", PROPS);
    Template.of(stack);
  },
  "image.unpinned",
  'platform: images lacks "spire-controller-manager" for [test/Manager], and has none: ' +
    "add each to images, pinned by digest (name@sha256: and 64 hex digits)",
);
