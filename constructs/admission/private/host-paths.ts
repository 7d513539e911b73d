import { SPIRE_ACCOUNT } from "../../platform/names";

/**
 * Folders of a node that lead to SPIRE's sockets: their own, those that hold other pods' files, and those through which
 * other pods are run. Each with every folder above and below.
 */
export const GUARDED = [
  "/run/spire",
  "/var/run/spire",
  // Volumes of pods, where the server's admin socket lies; plugins; the kubelet's own certificate.
  "/var/lib/kubelet",
  "/run/containerd",
  "/var/run/containerd",
  "/var/lib/containerd",
  "/run/crio",
  "/var/run/crio",
  "/var/lib/containers",
  "/run/docker.sock",
  "/var/run/docker.sock",
  "/var/lib/docker",
  // Root folders of every process.
  "/proc",
  // Disks and memory.
  "/dev",
  // Pods that the kubelet starts without asking.
  "/etc/kubernetes",
  // The same folders under the names that images of EKS nodes mount them from.
  "/local",
  "/mnt/k8s-disks",
];

const SOCKETS = "/run/spire/agent-sockets";

/** What SPIRE's own service accounts mount, in the namespace that is theirs */
export const OWN_PATHS: Readonly<Record<string, readonly string[]>> = {
  [SPIRE_ACCOUNT.agent]: [SOCKETS],
  [SPIRE_ACCOUNT.csi]: [
    SOCKETS,
    "/var/lib/kubelet/pods",
    "/var/lib/kubelet/plugins/csi.spiffe.io",
    "/var/lib/kubelet/plugins_registry",
  ],
};

/** `/a//b/./c/` becomes `/a/b/c`, and `/` becomes the empty string. The API server itself refuses `..`. */
export const NORMAL = `split("/").filter(step, step != "" && step != ".").map(step, "/" + step).join("")`;

/** Whether `path` is this folder, or lies below it */
export const within = (path: string, folder: string): string => `(${path} + "/").startsWith(${folder} + "/")`;

/** Whether one of the folders is, holds or lies in `path` */
export const touches = (path: string, folders: string): string =>
  `${folders}.exists(folder, ${within(path, "folder")} || ${within("folder", path)})`;
