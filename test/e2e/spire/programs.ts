import { join } from "node:path";
import { goPrograms } from "../harness/go-program";

/** As go.mod has it: clients refuse a server that does not know its version. */
const KUBERNETES = "1.34.4";

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
  const [major, minor] = KUBERNETES.split(".");
  const version = { gitVersion: `v${KUBERNETES}`, gitMajor: major, gitMinor: minor };
  const built = await goPrograms({
    name: "kube-apiserver",
    module: moduleOf("kube-apiserver"),
    packages: { "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver" },
    ldflags: Object.entries(version)
      .map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
      .join(" "),
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

function moduleOf(name: string): string {
  return join(__dirname, "..", "engines", name);
}
