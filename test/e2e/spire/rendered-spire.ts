import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { DaemonSetV1 } from "@cdktf/provider-kubernetes/lib/daemon-set-v1";
import { basename, dirname } from "node:path";
import type { SpireLifetimes } from "../../../constructs/spire/private/lifetimes";
import { OidcDiscoveryProvider } from "../../../constructs/spire/oidc-discovery-provider";
import { SpireAgent } from "../../../constructs/spire/spire-agent";
import { SpireServer } from "../../../constructs/spire/spire-server";
import { newStack, Template } from "../../support/synth";
import type { OidcProviderConfig } from "./oidc-provider";
import type { AgentConfig, ServerConfig } from "./spire-config";

/** What `SpireServer.embedded`, `SpireAgent` and `OidcDiscoveryProvider` became, as the programs read it */
export interface RenderedSpire {
  readonly trustDomain: string;
  readonly issuer: string;
  readonly clusterName: string;
  readonly server: ServerConfig;
  readonly agent: AgentConfig;
  readonly oidc: OidcProviderConfig;
  /** The file with which an agent starts: where the agent's pod mounts it from */
  readonly bundle: { readonly namespace: string; readonly configMap: string; readonly key: string };
  /** The token with which an agent attests, as its pod asks the kubelet for it */
  readonly token: { readonly audience: string; readonly seconds: number };
}

export function renderSpire(lifetimes: SpireLifetimes = {}): RenderedSpire {
  const stack = newStack();
  const { trustDomain, issuer, cluster } = stack.platform;
  const server = SpireServer.embedded(stack, "Server", { lifetimes });
  new SpireAgent(stack, "Agent", { server });
  new OidcDiscoveryProvider(stack, "Oidc", { certificateSecret: "oidc-certificate" });
  const template = Template.of(stack);
  const files = Object.assign({}, ...template.all(ConfigMapV1).map(({ data }) => data)) as Record<string, string>;
  const agent = JSON.parse(files["agent.conf"] as string) as AgentConfig;
  return {
    trustDomain: trustDomain.name,
    issuer,
    clusterName: cluster.name,
    server: JSON.parse(files["server.conf"] as string) as ServerConfig,
    agent,
    oidc: JSON.parse(files["oidc.conf"] as string) as OidcProviderConfig,
    ...mountsOf(template.only(DaemonSetV1) as unknown as DaemonSet, agent),
  };
}

/** The parts of the agents' pod that are looked at, as Terraform spells them */
interface DaemonSet {
  readonly metadata: { readonly namespace: string };
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly container: readonly { readonly volume_mount: readonly { name: string; mount_path: string }[] }[];
        readonly volume: readonly Volume[];
      };
    };
  };
}

interface Volume {
  readonly name: string;
  readonly config_map?: { readonly name: string };
  readonly projected?: readonly { readonly sources: readonly { readonly service_account_token: ProjectedToken }[] }[];
}

interface ProjectedToken {
  readonly path: string;
  readonly audience: string;
  readonly expiration_seconds: number;
}

function mountsOf(
  { metadata, spec }: DaemonSet,
  { agent, plugins }: AgentConfig,
): Pick<RenderedSpire, "bundle" | "token"> {
  const { container, volume } = spec.template.spec;
  const at = (path: string): Volume | undefined => {
    const mount = container[0]?.volume_mount.find(({ mount_path }) => mount_path === dirname(path));
    return volume.find(({ name }) => name === mount?.name);
  };
  const bundlePath = agent.trust_bundle_path as string;
  const tokenPath = pluginData(plugins, "NodeAttestor", "k8s_psat").token_path as string;
  const configMap = at(bundlePath)?.config_map?.name;
  const token = at(tokenPath)?.projected?.[0]?.sources[0]?.service_account_token;
  if (configMap === undefined || token?.path !== basename(tokenPath)) {
    throw new Error(`the agent's pod must mount what agent.conf names: ${bundlePath}, ${tokenPath}`);
  }
  return {
    bundle: { namespace: metadata.namespace, configMap, key: basename(bundlePath) },
    token: { audience: token.audience, seconds: token.expiration_seconds },
  };
}

type Data = Readonly<Record<string, unknown>>;
type Plugins = Readonly<Record<string, unknown>>;
type Blocks = readonly Readonly<Record<string, { readonly plugin_data?: Data }>>[];

export function pluginData(plugins: Plugins, type: string, name: string): Data {
  const block = (plugins[type] as Blocks).find((candidate) => name in candidate);
  return block?.[name]?.plugin_data ?? {};
}

/** The same plugins with the data of one of them changed */
export function withPluginData(plugins: Plugins, type: string, name: string, change: (data: Data) => Data): Plugins {
  const blocks = plugins[type] as Blocks;
  const changed = blocks.map((block) =>
    name in block ? { [name]: { plugin_data: change(block[name]?.plugin_data ?? {}) } } : block,
  );
  return { ...plugins, [type]: changed };
}
