import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { DeploymentV1 } from "@cdktf/provider-kubernetes/lib/deployment-v1";
import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { PodDisruptionBudgetV1 } from "@cdktf/provider-kubernetes/lib/pod-disruption-budget-v1";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import { ServiceV1 } from "@cdktf/provider-kubernetes/lib/service-v1";
import { OidcDiscoveryProvider, type OidcDiscoveryProviderProps } from "../../../constructs/spire";
import { fails } from "../../support/domain";
import { podOf, rightsIn, waysOf } from "../../support/spire";
import { newStack, platformWith, Template } from "../../support/synth";

const make = (props: Partial<OidcDiscoveryProviderProps> = {}, stack = newStack()) =>
  new OidcDiscoveryProvider(stack, "Oidc", { certificateSecret: "oidc-tls", ...props });
const providerWith = (props: Partial<OidcDiscoveryProviderProps> = {}) => {
  const stack = newStack();
  make(props, stack);
  return Template.of(stack);
};
const podIn = (template: Template) => podOf(template.only(DeploymentV1));

test("OidcDiscoveryProvider answers under the issuer's host alone, unless more names are written", () => {
  const config = (template: Template) =>
    JSON.parse((template.only(ConfigMapV1).data as Record<string, string>)["oidc.conf"] as string);
  expect(config(providerWith())).toMatchObject({
    domains: ["oidc.prod.acme.example"],
    jwt_issuer: "https://oidc.prod.acme.example",
    jwks_uri: "https://oidc.prod.acme.example/keys",
  });
  const domains = ["oidc.prod.acme.example", "oidc-internal.acme.example"];
  expect(config(providerWith({ domains }))).toMatchObject({ domains });
});

test("its pods satisfy the restricted standard, hold no token and may do nothing in the cluster", () => {
  const template = providerWith();
  const { pod, labels } = podIn(template);
  expect(labels).toEqual({
    "ambit.internal/component": "spire-oidc-discovery-provider",
    "app.kubernetes.io/name": "spire-oidc-discovery-provider",
    "app.kubernetes.io/part-of": "spire",
  });
  expect(pod).toMatchObject({
    automount_service_account_token: false,
    enable_service_links: false,
    priority_class_name: "system-cluster-critical",
    security_context: { run_as_non_root: true, run_as_user: "65532", seccomp_profile: { type: "RuntimeDefault" } },
  });
  expect(pod.container.map(({ security_context }) => security_context)).toEqual([
    {
      allow_privilege_escalation: false,
      privileged: false,
      read_only_root_filesystem: true,
      run_as_non_root: true,
      capabilities: { drop: ["ALL"] },
    },
  ]);
  expect(template.only(ServiceAccountV1).automount_service_account_token).toBe(false);
  expect(rightsIn(template)).toEqual({ rules: {}, subjects: {} });
});

test("it reads the certificate of the secret named, and the keys through the Workload API", () => {
  const { volume, container } = podIn(providerWith()).pod;
  expect(volume).toEqual([
    { name: "config", config_map: { name: "spire-oidc-discovery-provider" } },
    { name: "tls", secret: { secret_name: "oidc-tls", default_mode: "0440" } },
    { name: "spiffe", csi: { driver: "csi.spiffe.io", read_only: true } },
  ]);
  expect(container[0]?.volume_mount.filter(({ read_only }) => !read_only)).toEqual([]);
});

test("every client may read the keys, and the provider has no egress", () => {
  const policy = providerWith().only(NetworkPolicyV1);
  expect(policy.spec).toMatchObject({ policy_types: ["Ingress", "Egress"] });
  expect(waysOf(policy)).toEqual({ in: ["* TCP/8443"], out: [] });
});

test("its load balancer passes TLS through, unless another one is configured", () => {
  const annotations = (props = {}) =>
    (providerWith(props).only(ServiceV1).metadata as { annotations: object }).annotations;
  expect(annotations()).toEqual({
    "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
    "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing",
    "service.beta.kubernetes.io/aws-load-balancer-type": "external",
  });
  expect(annotations({ loadBalancer: { "acme.example/lb": "public" } })).toEqual({ "acme.example/lb": "public" });
  expect(providerWith().only(ServiceV1).spec).toMatchObject({
    type: "LoadBalancer",
    port: [{ port: 443, target_port: "8443", protocol: "TCP" }],
  });
});

test("there are two, on two nodes, of which one may be away", () => {
  const template = providerWith();
  expect(template.only(DeploymentV1).spec).toMatchObject({ replicas: "2" });
  expect(podIn(template).pod.topology_spread_constraint).toMatchObject([
    { topology_key: "topology.kubernetes.io/zone", when_unsatisfiable: "ScheduleAnyway" },
    { topology_key: "kubernetes.io/hostname", when_unsatisfiable: "DoNotSchedule" },
  ]);
  expect(template.only(PodDisruptionBudgetV1).spec).toMatchObject({ max_unavailable: "1" });
  expect(podIn(template).pod.container[0]).toMatchObject({
    liveness_probe: { http_get: { path: "/live", port: "8008" } },
    readiness_probe: { http_get: { path: "/ready", port: "8008" } },
  });
});

test("a changed configuration starts new pods", () => {
  const digest = (props = {}) => podIn(providerWith(props)).annotations?.["ambit.internal/config"];
  expect(digest()).toMatch(/^[0-9a-f]{16}$/);
  expect(digest({ settings: { server_path_prefix: "/prod" } })).not.toBe(digest());
});

fails(
  "it does not answer under the issuer's host",
  () => make({ domains: ["oidc-internal.acme.example"] }),
  "spire.issuer-mismatch",
  '[test/Oidc]: the platform\'s issuer is at "oidc.prod.acme.example", which is not among domains ' +
    '["oidc-internal.acme.example"]: add it, as who verifies a JWT-SVID asks the issuer it names',
);
fails(
  "it answers under no host",
  () => make({ domains: [] }),
  "spire.issuer-mismatch",
  '[test/Oidc]: the platform\'s issuer is at "oidc.prod.acme.example", which is not among domains []: ' +
    "add it, as who verifies a JWT-SVID asks the issuer it names",
);
fails(
  "the issuer has a path",
  () => make({}, newStack(platformWith({ issuer: "https://oidc.acme.example/prod" }))),
  "spire.issuer-mismatch",
  '[test/Oidc]: issuer must have no path for the discovery provider, got "https://oidc.acme.example/prod": ' +
    "give it a host of its own",
);
for (const secret of ["", "Oidc", "oidc_tls", "-oidc", "oidc-", "oidc/tls"]) {
  fails(
    `the secret is "${secret}"`,
    () => make({ certificateSecret: secret }),
    "spire.malformed",
    `[test/Oidc]: certificateSecret must be the name of a Kubernetes secret, got "${secret}"`,
  );
}
fails(
  "settings move the certificate",
  () => make({ settings: { serving_cert_file: [] } }),
  "spire.malformed",
  "[test/Oidc]: settings.serving_cert_file is already made by the construct, got []: " +
    "use the construct's own properties, or leave it out",
);
fails(
  "keys would be fetched over http",
  () => make({ settings: { allow_insecure_scheme: true } }),
  "spire.unsafe",
  "[test/Oidc]: allow_insecure_scheme must not be true, because keys fetched over http can be replaced on the way: " +
    "leave it out, and give the provider a certificate",
);
