import { DaemonSetV1 } from "@cdktf/provider-kubernetes/lib/daemon-set-v1";
import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import { AdmissionPolicies } from "../../../constructs/admission";
import { SpiffeCsiDriver, SpireNamespaces } from "../../../constructs/spire";
import { podOf } from "../../support/spire";
import { newStack, Template } from "../../support/synth";

function driver() {
  const stack = newStack();
  const admission = new AdmissionPolicies(stack, "Admission");
  const { ready } = new SpireNamespaces(stack, "Namespaces", { after: admission.ready });
  new SpiffeCsiDriver(stack, "Csi", { after: ready });
  return Template.of(stack);
}
const pod = () => podOf(driver().only(DaemonSetV1)).pod;

test("SpiffeCsiDriver mounts into the pods that ask, and owns no group of them", () => {
  const manifests = driver().all(Manifest) as readonly { readonly manifest: { readonly kind: string } }[];
  expect(manifests.map(({ manifest }) => manifest).filter(({ kind }) => kind === "CSIDriver")).toEqual([
    {
      apiVersion: "storage.k8s.io/v1",
      kind: "CSIDriver",
      metadata: { name: "csi.spiffe.io" },
      spec: {
        attachRequired: false,
        podInfoOnMount: true,
        fsGroupPolicy: "None",
        volumeLifecycleModes: ["Ephemeral"],
        // What the API server would add, and a plan would show as a change
        requiresRepublish: false,
        seLinuxMount: false,
        storageCapacity: false,
      },
    },
  ]);
});

test("its pods hold no token and share nothing with the node but its folders", () => {
  expect(driver().only(ServiceAccountV1).automount_service_account_token).toBe(false);
  const spec = pod();
  expect(spec).toMatchObject({
    automount_service_account_token: false,
    enable_service_links: false,
    service_account_name: "spiffe-csi-driver",
    priority_class_name: "system-node-critical",
    toleration: [{ operator: "Exists" }],
    security_context: { seccomp_profile: { type: "RuntimeDefault" } },
  });
  expect(Object.keys(spec).filter((key) => /^host_/.test(key))).toEqual([]);
  expect(spec.volume.map(({ host_path }) => (host_path as { path: string }).path)).toEqual([
    "/run/spire/agent-sockets",
    "/var/lib/kubelet/plugins/csi.spiffe.io",
    "/var/lib/kubelet/pods",
    "/var/lib/kubelet/plugins_registry",
  ]);
});

test("only the container that mounts is privileged, and neither writes to its own file system", () => {
  const context = (privileged: boolean) => ({
    allow_privilege_escalation: privileged,
    privileged,
    read_only_root_filesystem: true,
    run_as_non_root: false,
    capabilities: { drop: ["ALL"] },
  });
  expect(pod().container.map(({ name, security_context }) => [name, security_context])).toEqual([
    ["spiffe-csi-driver", context(true)],
    ["node-driver-registrar", context(false)],
  ]);
});

test("it reads the agent's sockets and cannot put one there", () => {
  const [mounter, registrar] = pod().container;
  expect(mounter?.volume_mount).toContainEqual({
    name: "agent-sockets",
    mount_path: "/spire-agent-socket",
    read_only: true,
  });
  expect(registrar?.volume_mount.map(({ name }) => name)).toEqual(["driver-socket", "registration"]);
});

test("it waits for what it was told to wait for, and for its own kind", () => {
  const waits = driver().only(DaemonSetV1).depends_on as readonly string[];
  expect(waits.map((address) => address.replace(/_[0-9A-F]{8}$/, ""))).toEqual(
    expect.arrayContaining([
      "kubernetes_manifest.Csi_Driver",
      "kubernetes_service_account_v1.Csi_Account",
      "kubernetes_namespace_v1.Namespaces_System",
    ]),
  );
});
