import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type OidcProvider, startOidcProvider } from "../spire/oidc-provider";
import type { SpirePrograms } from "../spire/programs";
import { renderSpire, type RenderedSpire, withPluginData } from "../spire/rendered-spire";
import { type SpireAgent, type SpireServer, startAgent, startServer } from "../spire/spire";
import type { EntryOptions } from "../spire/spire-commands";
import type { AgentConfig, ServerConfig } from "../spire/spire-config";
import { type HeldX509, Workload } from "../spire/workload-api";

const PROVIDER = "/ns/spire-server/sa/spire-oidc-discovery-provider";
/** By this name the provider is found without a name service. */
const PROVIDER_HOST = "localhost";
/** For an entry to reach the agent, and its SVID to be made */
const SYNCED_SECONDS = 120;

/**
 * Server, agent and OIDC discovery provider of SPIRE, configured as rendered, without a cluster: the agent attests by a
 * join token in place of k8s_psat, its workloads by user and program in place of `k8s`, nothing publishes to a ConfigMap,
 * and the provider looks for new keys each second.
 */
export class RealSpire {
  private constructor(
    public readonly trustDomain: string,
    public readonly server: SpireServer,
    public readonly agent: SpireAgent,
    public readonly provider: OidcProvider,
    private readonly agentId: string,
    private readonly folder: string,
  ) {}

  /** @param folder whose path is short, because sockets lie in it */
  public static async start(programs: SpirePrograms, folder: string): Promise<RealSpire> {
    const rendered = renderSpire();
    const { trustDomain } = rendered;
    const [serverFolder, agentFolder] = [join(folder, "server"), join(folder, "agent")];
    for (const path of [serverFolder, agentFolder]) mkdirSync(path, { recursive: true });
    const server = await startServer(programs, {
      config: serverHere(rendered.server, serverFolder),
      folder: serverFolder,
    });
    const token = await server.commands.joinToken();
    const config = agentHere(rendered.agent, token);
    const agent = await startAgent(programs, { config, folder: agentFolder, server });
    const agentId = `spiffe://${trustDomain}/spire/agent/join_token/${token}`;
    const selectors = selectorsOf(programs.oidcProvider);
    const spiffeId = `spiffe://${trustDomain}${PROVIDER}`;
    await server.commands.createEntry({ spiffeId, parentId: agentId, selectors });
    const provider = await providerOf(programs, rendered, { server, agent, folder: join(folder, "oidc") });
    return new RealSpire(trustDomain, server, agent, provider, agentId, folder);
  }

  /** Where the keys of JWT-SVIDs are published */
  public get keysAddress(): string {
    return `https://${PROVIDER_HOST}:${this.provider.port}/keys`;
  }

  /** File with the authority of the provider's certificate */
  public get keysAuthority(): string {
    return join(this.folder, "oidc", "bundle.pem");
  }

  /** Ids of the keys that the provider publishes */
  public async publishedKeys(): Promise<readonly string[]> {
    const { text } = await this.provider.get("/keys");
    return (JSON.parse(text) as { readonly keys: readonly { readonly kid: string }[] }).keys.map(({ kid }) => kid);
  }

  /**
   * Register this program, run by this user: it gets an SVID of each identity that it is registered for.
   *
   * @param path of the SPIFFE ID
   */
  public async register(program: string, path: string, more: Partial<EntryOptions> = {}): Promise<string> {
    const spiffeId = `spiffe://${this.trustDomain}${path}`;
    const selectors = selectorsOf(program);
    await this.server.commands.createEntry({ spiffeId, parentId: this.agentId, selectors, ...more });
    return spiffeId;
  }

  /** The SVIDs of this process, once there are as many as it is registered for */
  public async held(count: number): Promise<readonly HeldX509[]> {
    const deadline = performance.now() + SYNCED_SECONDS * 1000;
    for (;;) {
      const svids = await this.workload()
        .x509()
        .catch(() => []);
      if (svids.length === count) return svids;
      if (performance.now() > deadline) throw new Error(`SPIRE gave ${svids.length} SVIDs after ${SYNCED_SECONDS} s`);
      await sleep(200);
    }
  }

  /** This process as a workload */
  public workload(): Workload {
    return new Workload(this.agent.socket);
  }

  public async stop(): Promise<void> {
    await this.provider.process.kill();
    await this.agent.process.kill();
    await this.server.process.kill();
  }
}

function selectorsOf(program: string): readonly string[] {
  return [`unix:uid:${process.getuid?.()}`, `unix:path:${program}`];
}

function serverHere({ plugins, ...rest }: ServerConfig, folder: string): ServerConfig {
  const data = join(folder, "data");
  const { BundlePublisher: _, ...kept } = plugins;
  const stored = withPluginData(kept, "DataStore", "sql", (store) => ({
    ...store,
    connection_string: join(data, "datastore.sqlite3"),
  }));
  const keyed = withPluginData(stored, "KeyManager", "disk", (keys) => ({
    ...keys,
    keys_path: join(data, "keys.json"),
  }));
  return { ...rest, plugins: { ...keyed, NodeAttestor: [{ join_token: { plugin_data: {} } }] } };
}

function agentHere({ agent, plugins, ...rest }: AgentConfig, joinToken: string): AgentConfig {
  // Paths tell programs of one user apart; their contents need not be hashed for that.
  const unix = { plugin_data: { discover_workload_path: true, workload_size_limit: -1 } };
  return {
    ...rest,
    agent: { ...agent, join_token: joinToken },
    plugins: { ...plugins, NodeAttestor: [{ join_token: { plugin_data: {} } }], WorkloadAttestor: [{ unix }] },
  };
}

async function providerOf(
  programs: SpirePrograms,
  { oidc, trustDomain }: RenderedSpire,
  { server, agent, folder }: { readonly server: SpireServer; readonly agent: SpireAgent; readonly folder: string },
): Promise<OidcProvider> {
  mkdirSync(folder);
  await server.commands.mintX509(`spiffe://${trustDomain}/certificate`, PROVIDER_HOST, folder);
  const certificate = { cert_file_path: join(folder, "svid.pem"), key_file_path: join(folder, "key.pem") };
  const workloadApi = oidc.workload_api as readonly object[];
  return startOidcProvider(programs, {
    config: {
      ...oidc,
      domains: [PROVIDER_HOST, ...oidc.domains],
      serving_cert_file: certificate,
      workload_api: workloadApi.map((block) => ({ ...block, socket_path: agent.socket, poll_interval: "1s" })),
    },
    folder,
    ca: readFileSync(join(folder, "bundle.pem"), "utf8"),
  });
}
