import { join } from "node:path";
import { goPrograms } from "../harness/go-program";
import { kubernetesLdflags } from "../spire/kubernetes-version";
import { clusterPrograms, type ClusterPrograms } from "../spire/programs";

export interface NodePrograms extends ClusterPrograms, KubernetesPrograms {
  readonly kubeRouter: string;
  /** Static, as the next: they run in images without libraries. */
  readonly coredns: string;
  /** The first process of the node's namespaces, and of each pod */
  readonly init: string;
}

export interface KubernetesPrograms {
  readonly controllerManager: string;
  readonly kubectl: string;
  readonly kubelet: string;
  readonly proxy: string;
  readonly scheduler: string;
}

/** Everything of a node but what Debian has: containerd, runc, CNI plugins, iptables, ipset and conntrack. */
export async function nodePrograms(): Promise<NodePrograms> {
  return {
    ...(await clusterPrograms()),
    ...(await kubernetesPrograms()),
    kubeRouter: await kubeRouterProgram(),
    coredns: await corednsProgram(),
    init: await initProgram(),
  };
}

export async function kubernetesPrograms(): Promise<KubernetesPrograms> {
  const built = await goPrograms({
    name: "kubernetes",
    module: moduleOf("kubernetes"),
    packages: {
      "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
      "kube-proxy": "k8s.io/kubernetes/cmd/kube-proxy",
      "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler",
      kubectl: "k8s.io/kubernetes/cmd/kubectl",
      kubelet: "k8s.io/kubernetes/cmd/kubelet",
    },
    ldflags: `-s -w ${kubernetesLdflags()}`,
  });
  return {
    controllerManager: built["kube-controller-manager"],
    kubectl: built.kubectl,
    kubelet: built.kubelet,
    proxy: built["kube-proxy"],
    scheduler: built["kube-scheduler"],
  };
}

export async function kubeRouterProgram(): Promise<string> {
  const built = await goPrograms({
    name: "kube-router",
    module: moduleOf("kube-router"),
    packages: { "kube-router": "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router" },
    ldflags: "-s -w",
  });
  return built["kube-router"];
}

export async function corednsProgram(): Promise<string> {
  const { coredns } = await goPrograms({
    name: "coredns",
    module: moduleOf("coredns"),
    packages: { coredns: "github.com/coredns/coredns" },
    ldflags: "-s -w",
    env: { CGO_ENABLED: "0" },
  });
  return coredns;
}

export async function initProgram(): Promise<string> {
  const built = await goPrograms({
    name: "node-init",
    module: moduleOf("node-init"),
    packages: { "node-init": "." },
    ldflags: "-s -w",
    env: { CGO_ENABLED: "0" },
  });
  return built["node-init"];
}

function moduleOf(name: string): string {
  return join(__dirname, "..", "engines", name);
}
