import { join } from "node:path";
import { ADDRESSES } from "./addresses";
import type { Credentials } from "./credentials";
import { referenceOf } from "./images";
import { CNI_PLUGINS } from "./machine";

export const CONTAINERD_SOCKET = "/run/containerd/containerd.sock";

/** https://github.com/containerd/containerd/blob/v1.6.20/docs/cri/config.md */
export function containerdSettings(state: string): string {
  return `version = 2
root = "${join(state, "containerd")}"
state = "/run/containerd"
[grpc]
  address = "${CONTAINERD_SOCKET}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${referenceOf("node-init")}"
  # Without CAP_SYS_RESOURCE a sandbox may not have a lower score than its parent, and does not start.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${CNI_PLUGINS}"
    conf_dir = "${cniFolder(state)}"
`;
}

export function cniFolder(state: string): string {
  return join(state, "cni");
}

/** Routed, not bridged: what goes from pod to pod on one node passes the node's firewall without br_netfilter. */
export const CNI_SETTINGS = {
  cniVersion: "0.4.0",
  name: "node",
  plugins: [
    {
      type: "ptp",
      ipMasq: false,
      mtu: 1400,
      ipam: {
        type: "host-local",
        ranges: [[{ subnet: ADDRESSES.nodePods }]],
        routes: [{ dst: "0.0.0.0/0" }],
      },
    },
    { type: "portmap", capabilities: { portMappings: true } },
  ],
};

/** https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/ */
export function kubeletSettings(state: string, group: string, { ca, kubelet }: Credentials): object {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${group}`,
    failSwapOn: false,
    failCgroupV1: false,
    containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: ca },
    },
    authorization: { mode: "Webhook" },
    tlsCertFile: kubelet.cert,
    tlsPrivateKeyFile: kubelet.key,
    clusterDomain: "cluster.local",
    clusterDNS: [ADDRESSES.dns],
    resolvConf: resolvConf(state),
    volumePluginDir: pluginsFolder(state),
    // A disk that is nearly full is its owner's choice: no image is collected and no pod evicted for it.
    evictionHard: { "memory.available": "50Mi", "nodefs.available": "1%", "imagefs.available": "1%" },
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    syncFrequency: "5s",
    nodeStatusUpdateFrequency: "5s",
    enforceNodeAllocatable: ["pods"],
  };
}

/** Undefined leaves the kubelet its own pauses (https://kep.k8s.io/4603). */
export function restartSettings(withinSeconds: number | undefined): object {
  if (withinSeconds === undefined) return {};
  return {
    featureGates: { KubeletCrashLoopBackOffMax: true },
    crashLoopBackOff: { maxContainerRestartPeriod: `${withinSeconds}s` },
  };
}

/** Of volumes that programs of the node mount. It is made where it is not, and by default in /usr. */
export function pluginsFolder(state: string): string {
  return join(state, "volume-plugins");
}

/** Of pods that do not ask the cluster's DNS */
export function resolvConf(state: string): string {
  return join(state, "resolv.conf");
}

/**
 * Nothing of conntrack is set: those settings cannot be written outside the machine's first network namespace.
 *
 * https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/
 */
export function proxySettings({ kubeconfigs }: Credentials): object {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "iptables",
    clusterCIDR: ADDRESSES.pods,
    clientConnection: { kubeconfig: kubeconfigs.proxy },
    conntrack: {
      maxPerCore: 0,
      min: 0,
      tcpEstablishedTimeout: "0s",
      tcpCloseWaitTimeout: "0s",
      udpTimeout: "0s",
      udpStreamTimeout: "0s",
    },
    iptables: { syncPeriod: "5s", minSyncPeriod: "100ms" },
  };
}
