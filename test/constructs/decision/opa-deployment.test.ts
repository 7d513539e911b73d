import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { DeploymentV1 } from "@cdktf/provider-kubernetes/lib/deployment-v1";
import { PodDisruptionBudgetV1 } from "@cdktf/provider-kubernetes/lib/pod-disruption-budget-v1";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import { ServiceV1 } from "@cdktf/provider-kubernetes/lib/service-v1";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Fleet, type PlatformProps } from "../../../constructs";
import { OpaDeployment, type OpaDeploymentProps } from "../../../constructs/decision";
import { OpaPods } from "../../../constructs/decision/private/opa-pods";
import { facts } from "../../../fleet/platform";
import { OPA_FOLDER } from "../../../policies/paths";
import { podOf } from "../../support/spire";
import { newStack, platformWith, Template } from "../../support/synth";

function deployed(changes: Partial<OpaDeploymentProps> = {}, platform: Partial<PlatformProps> = {}) {
  const stack = newStack(platformWith(platform));
  const opa = new OpaDeployment(stack, "Opa", { fleet: Fleet.of(), ...changes });
  return { opa, template: Template.of(stack) };
}

const { opa, template } = deployed();
const LABELS = { "app.kubernetes.io/name": "ambit-opa", "app.kubernetes.io/part-of": "ambit" };
const deployment = template.only(DeploymentV1);
const { labels, annotations, pod } = podOf(deployment);
const files = (template.only(ConfigMapV1) as { data: Readonly<Record<string, string>> }).data;
const container = (name: string) => pod.container.find((each) => each.name === name);

test("OpaDeployment is two pods that answer at one address, spread over nodes, one at a time out of service", () => {
  expect(deployment).toMatchObject({
    metadata: { name: "ambit-opa", namespace: "ambit-system" },
    wait_for_rollout: true,
    spec: { replicas: "2", strategy: { rolling_update: { max_surge: "1", max_unavailable: "0" } } },
  });
  expect(template.only(PodDisruptionBudgetV1)).toMatchObject({
    spec: { max_unavailable: "1", selector: { match_labels: LABELS } },
  });
  expect(template.only(ServiceV1)).toMatchObject({
    metadata: { name: "ambit-opa", namespace: "ambit-system" },
    spec: { selector: LABELS, port: [{ name: "decisions", port: 8181, protocol: "TCP", target_port: "8181" }] },
  });
  expect(opa.address).toBe("https://ambit-opa.ambit-system.svc:8181");
  expect((pod.topology_spread_constraint as readonly unknown[]).length).toBe(2);
  expect(podOf(deployed({ replicas: 3 }).template.only(DeploymentV1))).toBeDefined();
  expect(deployed({ replicas: 3 }).template.only(DeploymentV1)).toMatchObject({ spec: { replicas: "3" } });
});

test("it speaks TLS 1.3 with its SVID, and demands one", () => {
  expect(container("opa")?.args).toEqual(
    expect.arrayContaining([
      "--addr=https://0.0.0.0:8181",
      "--tls-cert-file=/run/ambit-opa/svid/svid.pem",
      "--tls-private-key-file=/run/ambit-opa/svid/key.pem",
      "--tls-ca-cert-file=/run/ambit-opa/svid/authorities.pem",
      "--tls-cert-refresh-period=1m",
      "--min-tls-version=1.3",
      "--authentication=tls",
      "--authorization=basic",
      "/etc/ambit-opa/authz.rego",
      "/etc/ambit-opa/clients.json",
    ]),
  );
});

test("it answers exactly one identity: that of the authorizer", () => {
  expect(JSON.parse(files["clients.json"] ?? "")).toEqual({
    ambit_clients: { allowed: { "spiffe://prod.acme.example/ns/ambit-system/sa/ambit-gateway": true } },
  });
  expect(files["authz.rego"]).toBe(readFileSync(join(OPA_FOLDER, "authz.rego"), "utf8"));
});

test("its SVID is fetched before it starts and renewed beside it, in memory", () => {
  const [first] = pod.init_container as unknown as readonly { name: string; args: readonly string[] }[];
  expect([first?.name, first?.args]).toEqual(["svid", ["-config", "/etc/ambit-opa/helper.json", "-daemon-mode=false"]]);
  expect(container("svid-renewal")?.args).toEqual(["-config", "/etc/ambit-opa/helper.json", "-daemon-mode=true"]);
  expect(JSON.parse(files["helper.json"] ?? "")).toEqual({
    agent_address: "/spiffe-workload-api/spire-agent.sock",
    cert_dir: "/run/ambit-opa/svid",
    svid_file_name: "svid.pem",
    svid_key_file_name: "key.pem",
    svid_bundle_file_name: "authorities.pem",
    include_federated_domains: false,
    health_checks: { listener_enabled: true, bind_port: 8283, liveness_path: "/live", readiness_path: "/ready" },
  });
  expect(pod.volume).toContainEqual({ name: "opa-svid", empty_dir: { medium: "Memory", size_limit: "1Mi" } });
  expect(pod.volume).toContainEqual({ name: "spiffe", csi: { driver: "csi.spiffe.io", read_only: true } });
});

test("the Workload API is mounted where the SVID is fetched, and not into OPA", () => {
  const mounting = (name: string) =>
    [...pod.container, ...(pod.init_container as typeof pod.container)]
      .filter(({ volume_mount }) => volume_mount.some((mount) => mount.name === name))
      .map((each) => each.name);
  expect(mounting("spiffe")).toEqual(["svid-renewal", "svid"]);
  expect(mounting("opa-token")).toEqual(["opa"]);
  expect(container("opa")?.volume_mount).toContainEqual({
    name: "opa-svid",
    mount_path: "/run/ambit-opa/svid",
    read_only: true,
  });
});

test("its pods get an identity as a component, and satisfy the restricted level", () => {
  expect(labels).toEqual({ ...LABELS, "ambit.internal/component": "ambit-opa" });
  expect(pod).toMatchObject({
    service_account_name: "ambit-opa",
    automount_service_account_token: false,
    security_context: { run_as_non_root: true, run_as_user: "65532", seccomp_profile: { type: "RuntimeDefault" } },
  });
  for (const each of [...pod.container, ...(pod.init_container as typeof pod.container)]) {
    expect(each.security_context).toEqual({
      allow_privilege_escalation: false,
      capabilities: { drop: ["ALL"] },
      privileged: false,
      read_only_root_filesystem: true,
      run_as_non_root: true,
    });
  }
  expect(template.only(ServiceAccountV1)).toMatchObject({ automount_service_account_token: false });
});

test("new files, and another key, start new pods", () => {
  expect(annotations).toEqual({
    "ambit.internal/config": expect.stringMatching(/^[0-9a-f]{16}$/),
    "ambit.internal/policy-key": expect.stringMatching(
      /^\$\{sha256\(data\.aws_kms_public_key\.Opa_PublicKey_[0-9A-F]{8}\.public_key_pem\)\}$/,
    ),
  });
  const slower = deployed({ delivery: { polling: { min: 20, max: 30 } } });
  expect(podOf(slower.template.only(DeploymentV1)).annotations).not.toEqual(annotations);
});

const digest = `sha256:${"b".repeat(64)}`;
const helper = (tag: string) => () =>
  deployed({}, { images: { ...facts.images, "spiffe-helper": `images.acme.example/spiffe-helper${tag}@${digest}` } });

test.each([
  [
    ":0.9.1",
    "images.spiffe-helper must be 0.10.0 or newer, got 0.9.1: earlier ones cannot say whether the SVID is fresh",
  ],
  [
    ":nightly",
    `images.spiffe-helper must name a released version before the digest, got "images.acme.example/spiffe-helper:nightly@${digest}": write …/spiffe-helper:0.11.0@sha256:…`,
  ],
])("fails when spiffe-helper is %s", (tag, message) => {
  expect(helper(tag)).toThrow(message);
});

test("fails when the platform names no image of spiffe-helper", () => {
  const images = { opa: facts.images?.["opa"] as string };
  expect(() => deployed({}, { images })).toThrow(
    'images lacks "spiffe-helper" for [test/Opa/Deployment], and has opa: add each to images',
  );
});

test("its pods are below Deployment, which is part of each resource's address", () => {
  expect(opa.node.findChild("Deployment")).toBeInstanceOf(OpaPods);
});

test.each([0, -1, 1.5])("fails when there are %s replicas", (replicas) => {
  expect(() => deployed({ replicas })).toThrow(`replicas must be a whole number above zero, got ${replicas}`);
});
