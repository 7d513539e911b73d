import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CLUSTER_ISSUER, type Cluster } from "./cluster";
import type { KubeObject } from "./kube-client";
import type { SpirePrograms } from "./programs";
import { type RenderedSpire, withPluginData } from "./rendered-spire";
import { type SpireAgent, type SpireServer, startAgent, startServer } from "./spire";
import type { AgentConfig, ServerConfig } from "./spire-config";
import type { SpireNode } from "./spire-node";
import { Workload } from "./workload-api";

const PUBLISHED_WITHIN_SECONDS = 20;
const SERVER = { namespace: "spire-server", account: "spire-server" } as const;
export const AGENT = { namespace: "spire-system", account: "spire-agent" } as const;

export interface SpireWorldOptions {
  readonly programs: SpirePrograms;
  readonly cluster: Cluster;
  readonly node: SpireNode;
  readonly rendered: RenderedSpire;
  /** The path is short, because sockets lie here. */
  readonly folder: string;
}

/**
 * A server and an agent of SPIRE on this machine, configured as rendered.
 *
 * Changed are paths, addresses and ports, how the server reaches the API server (`kube_config_file`, `kubeconfig_path`:
 * it runs in no pod) and the agent's workload attestor: `unix` in place of `k8s`, because there is no kubelet. Telemetry
 * is left out.
 */
export class SpireWorld {
  public server: SpireServer | undefined;
  public agent: SpireAgent | undefined;
  private port: number | undefined;

  constructor(public readonly options: SpireWorldOptions) {}

  /** As the service account of the rendered server, with no right but what that has */
  public async startServer(): Promise<SpireServer> {
    const { programs, cluster, node, rendered, folder } = this.options;
    mkdirSync(folder, { recursive: true });
    const token = await node.token(SERVER, { audiences: [CLUSTER_ISSUER] });
    const kubeconfig = cluster.writeKubeconfig(join(folder, "kubeconfig.json"), token);
    const config = serverHere(rendered.server, join(folder, "server"), kubeconfig);
    this.server = await startServer(programs, {
      config,
      folder: join(folder, "server"),
      ...(this.port === undefined ? {} : { port: this.port }),
    });
    this.port = this.server.port;
    await this.untilPublished(this.server);
    return this.server;
  }

  /** Another server may have written the ConfigMap before. */
  private async untilPublished({ commands }: SpireServer): Promise<void> {
    const keysIn = (bundle: unknown): string => JSON.stringify((bundle as { keys: unknown }).keys);
    const own = keysIn(await commands.bundle());
    const deadline = performance.now() + PUBLISHED_WITHIN_SECONDS * 1000;
    while (
      (await this.publishedBundle()
        .then(JSON.parse)
        .then(keysIn, () => "")) !== own
    ) {
      if (performance.now() > deadline) throw new Error("the server does not publish its bundle to the ConfigMap");
      await sleep(100);
    }
  }

  /** A token for the pod of SPIRE's agent on the node, as the rendered pod asks for it */
  public async agentToken(): Promise<string> {
    const { node, rendered } = this.options;
    const { audience, seconds } = rendered.token;
    const pod = await node.pod(AGENT);
    return node.token(AGENT, { audiences: [audience], expirationSeconds: seconds, pod });
  }

  /** What agents start with: the entry of the ConfigMap that their pods mount */
  public async publishedBundle(): Promise<string> {
    const { cluster, rendered } = this.options;
    const { namespace, configMap, key } = rendered.bundle;
    const reference = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: configMap, namespace } };
    const found: KubeObject & { data?: Record<string, string> } = await cluster.users.administrator.get(reference);
    const text = found.data?.[key];
    if (text === undefined) throw new Error(`${namespace}/${configMap} has no key ${key}`);
    return text;
  }

  /** Start an agent with this token in this folder, which it may have used before. */
  public async startAgent(token: string, name = "agent"): Promise<SpireAgent> {
    const { programs, rendered, folder } = this.options;
    const place = join(folder, name);
    mkdirSync(place, { recursive: true });
    const tokenFile = join(place, "token");
    writeFileSync(tokenFile, token, { mode: 0o600 });
    return startAgent(programs, {
      config: agentHere(rendered.agent, tokenFile),
      folder: place,
      server: this.runningServer(),
      trustBundle: await this.publishedBundle(),
    });
  }

  /** Start the agent that the workloads of this machine ask. */
  public async startOwnAgent(): Promise<SpireAgent> {
    this.agent = await this.startAgent(await this.agentToken());
    return this.agent;
  }

  /** As when the node's disk is lost */
  public loseAgentData(): void {
    rmSync(join(this.options.folder, "agent"), { recursive: true });
  }

  /** Whether the agent that used this folder has written down an SVID of its own */
  public agentHoldsSvid(name: string): boolean {
    const file = join(this.options.folder, name, "data", "agent-data.json");
    if (!existsSync(file)) return false;
    const { svid } = JSON.parse(readFileSync(file, "utf8")) as { svid?: unknown[] };
    return svid !== undefined && svid !== null && svid.length > 0;
  }

  public runningServer(): SpireServer {
    if (this.server === undefined) throw new Error("the server has not been started");
    return this.server;
  }

  public runningAgent(): SpireAgent {
    if (this.agent === undefined) throw new Error("the agent has not been started");
    return this.agent;
  }

  public workload(): Workload {
    return new Workload(this.runningAgent().socket);
  }

  /** Another program of the same user, which is registered nowhere, is turned away. */
  public async strangersGetNothing(): Promise<void> {
    const { code, tail } = await this.runningAgent().commands.tryFetchX509();
    if (code === 0 || !tail.includes("no identity issued")) {
      throw new Error(`a program that is not registered must get nothing, got:\n${tail}`);
    }
  }

  public get agentId(): string {
    const { rendered, node } = this.options;
    return `spiffe://${rendered.trustDomain}/spire/agent/k8s_psat/${rendered.clusterName}/${node.uid}`;
  }

  /** Register this program, run by this user, as a service account's pods are registered. */
  public register(namespace: string, account: string): Promise<{ readonly id: string; readonly spiffeId: string }> {
    return this.registerProgram(namespace, account, process.execPath);
  }

  public async registerProgram(
    namespace: string,
    account: string,
    program: string,
  ): Promise<{ readonly id: string; readonly spiffeId: string }> {
    const spiffeId = `spiffe://${this.options.rendered.trustDomain}/ns/${namespace}/sa/${account}`;
    const selectors = [`unix:uid:${process.getuid?.()}`, `unix:path:${program}`];
    const { id } = await this.runningServer().commands.createEntry({ spiffeId, parentId: this.agentId, selectors });
    return { id, spiffeId };
  }

  public async stop(): Promise<void> {
    await this.agent?.process.kill();
    await this.server?.process.kill();
  }
}

function serverHere({ server, plugins, ...rest }: ServerConfig, folder: string, kubeconfig: string): ServerConfig {
  const data = join(folder, "data");
  const withStore = withPluginData(plugins, "DataStore", "sql", (store) => ({
    ...store,
    connection_string: join(data, "datastore.sqlite3"),
  }));
  const withKeys = withPluginData(withStore, "KeyManager", "disk", (keys) => ({
    ...keys,
    keys_path: join(data, "keys.json"),
  }));
  const withAttestor = withPluginData(withKeys, "NodeAttestor", "k8s_psat", (attestor) =>
    inEachCluster(attestor, { kube_config_file: kubeconfig }),
  );
  const withPublisher = withPluginData(withAttestor, "BundlePublisher", "k8s_configmap", (publisher) =>
    inEachCluster(publisher, { kubeconfig_path: kubeconfig }),
  );
  return { ...rest, server, plugins: withPublisher };
}

function inEachCluster(data: Readonly<Record<string, unknown>>, more: object): Readonly<Record<string, unknown>> {
  const blocks = data.clusters as readonly Readonly<Record<string, object>>[];
  const changed = blocks.map((block) =>
    Object.fromEntries(Object.entries(block).map(([name, cluster]) => [name, { ...cluster, ...more }])),
  );
  return { ...data, clusters: changed };
}

function agentHere({ agent, plugins, ...rest }: AgentConfig, tokenFile: string): AgentConfig {
  const withToken = withPluginData(plugins, "NodeAttestor", "k8s_psat", (attestor) => ({
    ...attestor,
    token_path: tokenFile,
  }));
  // Paths tell programs of one user apart; their contents need not be hashed for that.
  const unix = { plugin_data: { discover_workload_path: true, workload_size_limit: -1 } };
  return { ...rest, agent, plugins: { ...withToken, WorkloadAttestor: [{ unix }] } };
}
