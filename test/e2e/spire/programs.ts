import { join } from "node:path";
import { goPrograms } from "../harness/go-program";
import { kubernetesLdflags } from "./kubernetes-version";

export interface ClusterPrograms {
  readonly etcd: string;
  readonly apiserver: string;
}

export interface SpirePrograms {
  readonly server: string;
  readonly agent: string;
  readonly oidcProvider: string;
}

export async function clusterPrograms(): Promise<ClusterPrograms> {
  return { etcd: await etcdProgram(), apiserver: await apiserverProgram() };
}

export async function etcdProgram(): Promise<string> {
  const { etcd } = await goPrograms({
    name: "etcd",
    module: moduleOf("etcd"),
    packages: { etcd: "go.etcd.io/etcd/server/v3" },
  });
  return etcd;
}

export async function apiserverProgram(): Promise<string> {
  const built = await goPrograms({
    name: "kube-apiserver",
    module: moduleOf("kube-apiserver"),
    packages: { "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver" },
    ldflags: kubernetesLdflags(),
  });
  return built["kube-apiserver"];
}

export async function spirePrograms(): Promise<SpirePrograms> {
  const built = await goPrograms({
    name: "spire",
    module: moduleOf("spire"),
    packages: {
      "spire-server": "github.com/spiffe/spire/cmd/spire-server",
      "spire-agent": "github.com/spiffe/spire/cmd/spire-agent",
      "oidc-discovery-provider": "github.com/spiffe/spire/support/oidc-discovery-provider",
    },
  });
  return {
    server: built["spire-server"],
    agent: built["spire-agent"],
    oidcProvider: built["oidc-discovery-provider"],
  };
}

/** Of one minor before, from which a cluster is upgraded */
export async function olderSpirePrograms(): Promise<Pick<SpirePrograms, "agent" | "server">> {
  const built = await goPrograms({
    name: "spire-older",
    module: moduleOf("spire-older"),
    packages: {
      "spire-server": "github.com/spiffe/spire/cmd/spire-server",
      "spire-agent": "github.com/spiffe/spire/cmd/spire-agent",
    },
  });
  return { server: built["spire-server"], agent: built["spire-agent"] };
}

function moduleOf(name: string): string {
  return join(__dirname, "..", "engines", name);
}
