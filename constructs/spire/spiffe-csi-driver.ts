import { DaemonSetV1 } from "@cdktf/provider-kubernetes/lib/daemon-set-v1";
import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { hardened } from "../platform/hardened";
import { SPIRE_ACCOUNT, SPIRE_NAMESPACE } from "../platform/names";
import { ports, probe } from "../platform/pods";
import { platformOf } from "../platform/scope";
import { spireImage } from "./images";
import { AGENT } from "./private/paths";
import { componentLabels, NODE_POD } from "./private/pods";

const NAME = SPIRE_ACCOUNT.csi;
const NAMESPACE = SPIRE_NAMESPACE.system;
const LABELS_OF_DRIVER = componentLabels(NAME);
const DRIVER = "csi.spiffe.io";
const KUBELET = "/var/lib/kubelet";
const HEALTH_PORT = 9809;

export interface SpiffeCsiDriverProps {
  /**
   * What must be done before.
   *
   * @default - nothing
   */
  readonly after?: readonly ITerraformDependable[];
}

/**
 * Mounts the Workload API into the pods that ask for it, so that they need no hostPath volume.
 *
 * It must outlive every pod with such a volume: a node cannot unmount the volume without it, and the pod hangs in
 * Terminating.
 */
export class SpiffeCsiDriver extends Construct {
  /** What must be applied before; its pods are then scheduled on every node, and need not be ready */
  public readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: SpiffeCsiDriverProps = {}) {
    super(scope, id);
    const where = `[${this.node.path}]`;
    const platform = platformOf(this);
    // A manifest, because the provider's typed resource has no fsGroupPolicy.
    const driver = new Manifest(this, "Driver", {
      manifest: {
        apiVersion: "storage.k8s.io/v1",
        kind: "CSIDriver",
        metadata: { name: DRIVER },
        spec: {
          attachRequired: false,
          podInfoOnMount: true,
          // No fsGroup owns the sockets: the agent attests the clients.
          fsGroupPolicy: "None",
          volumeLifecycleModes: ["Ephemeral"],
          // What the API server would fill in, so that a plan shows no difference
          requiresRepublish: false,
          seLinuxMount: false,
          storageCapacity: false,
        },
      },
    });
    const account = new ServiceAccountV1(this, "Account", {
      metadata: { name: NAME, namespace: NAMESPACE },
      automountServiceAccountToken: false,
    });
    const containers = [
      driverContainer(spireImage("spiffe-csi-driver", platform, where)),
      registrarContainer(spireImage("csi-node-driver-registrar", platform, where)),
    ];
    const pods = new DaemonSetV1(this, "Resource", {
      ...daemonSet(containers),
      dependsOn: [driver, account, ...(props.after ?? [])],
    });
    this.ready = [driver, pods];
  }
}

const RESOURCES = { cpu: "50m", memory: "64Mi" };

function driverContainer(image: string) {
  const { securityContext, ...rest } = hardened(NAME, image, RESOURCES);
  return {
    ...rest,
    // Mounting into other pods takes it: a mount seen by the node needs a privileged container.
    securityContext: { ...securityContext, runAsNonRoot: false, allowPrivilegeEscalation: true, privileged: true },
    args: [
      "-workload-api-socket-dir",
      "/spire-agent-socket",
      "-plugin-name",
      DRIVER,
      "-csi-socket-path",
      "/spiffe-csi/csi.sock",
    ],
    env: [{ name: "MY_NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } }],
    volumeMount: [
      { name: "agent-sockets", mountPath: "/spire-agent-socket", readOnly: true },
      { name: "driver-socket", mountPath: "/spiffe-csi" },
      { name: "pods", mountPath: `${KUBELET}/pods`, mountPropagation: "Bidirectional" },
    ],
  };
}

function registrarContainer(image: string) {
  const { securityContext, ...rest } = hardened("node-driver-registrar", image, RESOURCES);
  return {
    ...rest,
    securityContext: { ...securityContext, runAsNonRoot: false },
    args: [
      "-csi-address",
      "/spiffe-csi/csi.sock",
      "-kubelet-registration-path",
      `${KUBELET}/plugins/${DRIVER}/csi.sock`,
      "-health-port",
      String(HEALTH_PORT),
    ],
    port: ports({ healthz: HEALTH_PORT }),
    livenessProbe: probe("/healthz", HEALTH_PORT, { first: 5, every: 20 }),
    volumeMount: [
      { name: "driver-socket", mountPath: "/spiffe-csi" },
      { name: "registration", mountPath: "/registration" },
    ],
  };
}

function daemonSet(
  containers: readonly (ReturnType<typeof registrarContainer> | ReturnType<typeof driverContainer>)[],
) {
  const folder = (name: string, path: string, type: string) => ({ name, hostPath: { path, type } });
  return {
    metadata: { name: NAME, namespace: NAMESPACE, labels: { ...LABELS_OF_DRIVER } },
    // Ends when the pods are scheduled, not ready (kubernetes provider 2.38.0): `ambit deploy` waits for the rest.
    waitForRollout: true,
    spec: {
      selector: { matchLabels: { ...LABELS_OF_DRIVER } },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "1" } },
      template: {
        metadata: { labels: { ...LABELS_OF_DRIVER } },
        spec: {
          serviceAccountName: NAME,
          automountServiceAccountToken: false,
          ...NODE_POD,
          container: [...containers],
          volume: [
            folder("agent-sockets", AGENT.sockets, "DirectoryOrCreate"),
            folder("driver-socket", `${KUBELET}/plugins/${DRIVER}`, "DirectoryOrCreate"),
            folder("pods", `${KUBELET}/pods`, "Directory"),
            folder("registration", `${KUBELET}/plugins_registry`, "Directory"),
          ],
        },
      },
    },
  };
}
