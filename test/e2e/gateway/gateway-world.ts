import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { keyPair, pem } from "../../../cli/dev/development-authority";
import { SCOPE, signedFile } from "../../../cli/dev/development-registry";
import { freePort } from "../../../cli/dev/free-port";
import { withStarterKeys } from "../../../cli/starter-keys";
import { envoyJson } from "../../../constructs/gateway/private/envoy-config";
import { type EnvoyUsers, usersSecret } from "../../../constructs/gateway/private/envoy-users";
import type { Fleet } from "../../../constructs";
import type { Ledger } from "../../../runtime/audit/audit";
import { AuditLedger } from "../../../runtime/audit/ledger";
import type { AuthorizerConfig } from "../../../runtime/authorizer/config";
import { readEpoch } from "../../../runtime/session/epoch";
import type { EpochState } from "../../../runtime/session/stored";
import { KeyFileSigner } from "../../../runtime/signer/key-file-signer";
import type { StateStore } from "../../../runtime/store/store";
import { killOrder, withKillSwitch } from "../../support/exchange/kill-orders";
import { AUTHORITY } from "../../support/outbound/authorization-server";
import { ISSUER } from "../exchange/issuer";
import { addressOfNetwork } from "../exchange/network-address";
import { RealAgent } from "../exchange/real-agent";
import { RealExchange } from "../exchange/real-exchange";
import { RealSpire } from "../exchange/real-spire";
import { isListening, serve, type Server } from "../harness/server";
import type { Suite } from "../harness/suite";
import { until } from "../harness/until";
import type { SpirePrograms } from "../spire/programs";
import { gatewayExchangeConfig, measuredBy, telemetryTo } from "./gateway-exchange-config";
import { gatewayDocument, gatewayFleet } from "./gateway-fleet";
import { type AgentName, DOMAIN, type IdentityName, idOf, registered } from "./gateway-identities";
import { type GatewayServers, gatewayServers } from "./gateway-servers";
import type { GatewayWorldOptions, NoticeReceiver, UsersOptions } from "./gateway-world-options";
import { PodOpa } from "./pod-opa";
import { personStoreIn } from "../exchange/state-table";

const ROOT = resolve(__dirname, "../../..");
const START_SECONDS = 180;
/** A registry is looked at every few seconds. */
const TAKEN_SECONDS = 240;
/** However busy the machine is */
const OPA_MILLISECONDS = 10_000;

/** Where an exchange keeps its state */
type Store = ReturnType<NonNullable<GatewayWorldOptions["store"]>>;

/** What of Envoy's configuration is otherwise than in the world */
interface EnvoyChange {
  readonly fleet?: Fleet;
  readonly port?: number;
  readonly usersPort?: number;
  readonly authorizer?: string;
  readonly admin?: string;
}

/** Everything between an agent and a tool: SPIRE, exchange, authorizer, Envoy and companion as processes; tools and their names here */
export class GatewayWorld {
  public readonly port: number;
  public readonly issuers: GatewayServers["issuers"];
  public readonly tool: GatewayServers["tool"];
  public readonly names: GatewayServers["names"];
  public readonly login: GatewayServers["login"];
  public authorizer!: Server;
  public envoy!: Server;
  /** Only where it decides */
  public opa: Server | undefined;
  public exchange!: RealExchange;
  private revision = 0;
  private agents: ReadonlyMap<AgentName, RealAgent> = new Map();

  private constructor(
    private readonly suite: Suite,
    private readonly programs: { readonly envoy: string },
    private readonly fleet: Fleet,
    /** PEM of those that vouch for tools */
    private readonly authorities: string,
    public readonly folder: string,
    public readonly host: string,
    public readonly spire: RealSpire,
    private readonly servers: GatewayServers,
    private readonly ports: { readonly exchange: number; readonly gateway: number; readonly users: number },
    private readonly options: GatewayWorldOptions,
  ) {
    this.port = ports.gateway;
    this.issuers = servers.issuers;
    this.tool = servers.tool;
    this.names = servers.names;
    this.login = servers.login;
  }

  public static async start(
    suite: Suite,
    spirePrograms: SpirePrograms,
    envoy: string,
    options: GatewayWorldOptions = {},
  ): Promise<GatewayWorld> {
    // Sockets lie in it, so the path is short.
    const folder = mkdtempSync(join(tmpdir(), "ambit-"));
    suite.afterwards(() => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(join(folder, "run"));
    const host = addressOfNetwork();
    const spire = await RealSpire.start(spirePrograms, join(folder, "s"));
    suite.afterwards(() => spire.stop());
    const { own, bystanders, fleet: fleetAt = (port: number) => gatewayFleet(port, bystanders) } = options;
    const servers = await gatewayServers(suite, { folder, host, more: own?.hosts ?? [] });
    const ports = { exchange: await freePort(), gateway: await freePort(), users: await freePort() };
    const fleet = own?.fleet ?? fleetAt(servers.tool.port);
    const authorities = `${servers.tool.authority}${own?.authority ?? ""}`;
    const parts = [folder, host, spire, servers, ports, options] as const;
    const world = new GatewayWorld(suite, { envoy }, fleet, authorities, ...parts);
    await world.identified();
    await world.published();
    await world.startExchange();
    await world.startAuthorizer();
    await world.startEnvoy();
    return world;
  }

  public readonly issuer = ISSUER;

  /** Where users come in */
  public get usersPort(): number {
    return this.ports.users;
  }

  public as(name: AgentName): RealAgent {
    const agent = this.agents.get(name);
    if (agent === undefined) throw new Error(`${name} has no SVID`);
    return agent;
  }

  /** An agent with the certificate that SPIRE gives it now */
  public async renewed(name: AgentName): Promise<RealAgent> {
    const held = (await this.spire.workload().x509()).find(({ spiffeId }) => spiffeId === this.idOf(name));
    if (held === undefined) throw new Error(`${name} has no SVID`);
    return new RealAgent(held, this.spire.workload(), ISSUER);
  }

  public idOf(name: IdentityName): string {
    return idOf(name);
  }

  /** What a user's client shows for a task of an agent */
  public evidence(agent: IdentityName, task: string, user = "alice", newSession = false): string {
    const email = `${user}@users.example`;
    return this.issuers.userToken({ agentId: this.idOf(agent), task: `${agent}.${task}`, user, email, newSession });
  }

  public path(...names: readonly string[]): string {
    return join(this.folder, ...names);
  }

  /** @param store in place of its own, whose state waits meanwhile */
  public async startExchange(store = this.ownStore): Promise<void> {
    const { folder, spire, registry, host } = this;
    const config = gatewayExchangeConfig({
      spire,
      registry,
      store,
      listen: { host, port: this.ports.exchange },
      path: (name) => this.path(name),
      tokenEndpoint: this.login.tokenEndpoint,
      secretsEndpoint: this.servers.secrets.url,
      people: this.options.people,
      signals: this.options.signals?.(),
      aws: this.options.aws,
    });
    this.exchange = await RealExchange.start({
      program: this.program("exchange"),
      config: { ...config, ...measuredBy(this.options, (name) => this.path(name)) },
      folder,
      name: "exchange",
      kms: "http://127.0.0.1:9",
      ahead: 0,
      main: this.options.mains?.exchange,
      preload: this.nearby(this.options.people?.receiver),
    });
    const { process } = this.exchange;
    this.suite.afterwards(() => process.kill());
  }

  /** The kill switch orders it, while everything runs. */
  public async stop(order: object): Promise<void> {
    const body = JSON.stringify({ reason: "a test", ...order });
    const headers = { "content-type": "application/json", authorization: `Bearer ${await killOrder(ISSUER, body)}` };
    const post = this.as("clerk").fetch(this.exchange, "jwt-svid");
    const answer = await post(`${ISSUER}/operator/revocations`, { method: "POST", body, headers });
    if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
  }

  /** What stands for Secrets Manager has it from now on. */
  public keepSecret(arn: string, text: string): void {
    this.servers.secrets.texts.set(arn, text);
  }

  /** The receiver of notices is on this machine, where what ships sends none. */
  private nearby(receiver: NoticeReceiver | undefined) {
    if (receiver === undefined) return undefined;
    const { secret, port, authorities } = receiver;
    const { secrets } = this.servers;
    secrets.texts.set(...secret);
    writeFileSync(this.path("receiver.pem"), authorities);
    const environment = {
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
      RECEIVER_PORT: `${port}`,
      RECEIVER_AUTHORITIES: this.path("receiver.pem"),
    };
    return { path: join(ROOT, "test/e2e/oversight/receiver-nearby.ts"), environment };
  }

  /** What people and operators do while the exchange is away, which has its state to itself. */
  public async meanwhile(
    act: (state: EpochState & { readonly store: StateStore }, ledger: Ledger) => Promise<void>,
  ): Promise<void> {
    await this.exchange.stop();
    const { store, persons, close } = await personStoreIn(this.path("state"));
    try {
      const { epoch } = await readEpoch(store, []);
      await act({ store, epoch }, new AuditLedger({ store, persons }));
    } finally {
      await close();
    }
    await this.startExchange();
  }

  /** Start OPA with what the registry was signed with, and the authorizer anew. */
  public async decideByOpa(program: string): Promise<void> {
    const { folder, revision } = this;
    const { policy } = gatewayDocument(this.fleet, this.issuers);
    const signer = new KeyFileSigner(this.path("registry.pem"));
    const opa = await PodOpa.start({ program, folder, policy, signer, revision });
    this.opa = opa.process;
    this.suite.afterwards(() => opa.process.kill());
    await this.authorizer.kill();
    await this.startAuthorizer({ opa: { socket: opa.socket, timeoutMs: OPA_MILLISECONDS } });
  }

  public async startAuthorizer(engine: AuthorizerConfig["engine"] = { cedar: {} }): Promise<void> {
    const config: AuthorizerConfig = {
      engine,
      trustDomain: DOMAIN,
      issuer: ISSUER,
      exchange: { url: `https://${this.host}:${this.ports.exchange}` },
      socket: this.authorizerSocket,
      registry: this.registry,
      nameServers: [`127.0.0.1:${this.names.port}`],
      authorities: this.path("authorities.pem"),
      tls: { workloadApi: `unix://${this.spire.agent.socket}` },
      ...(this.options.users && { agents: { usersDomain: this.options.users.domain } }),
      ...telemetryTo(this.options.collector),
    };
    writeFileSync(this.path("authorizer.json"), JSON.stringify(config));
    const main = this.options.mains?.authorizer;
    this.authorizer = await serve({
      name: "the authorizer",
      command: this.program("authorizer"),
      args: main === undefined ? ["-r", "@swc-node/register", join(ROOT, "runtime/authorizer/main.ts")] : [main],
      cwd: ROOT,
      env: { AMBIT_CONFIG: this.path("authorizer.json") },
      ready: (said) => said.includes('"event":"authorizer.started"'),
      startSeconds: START_SECONDS,
    });
    const process = this.authorizer;
    this.suite.afterwards(() => process.kill());
  }

  /** Of the clerk's companion */
  public companionEnvironment(): Readonly<Record<string, string | undefined>> {
    return {
      AMBIT_LISTEN: "http://127.0.0.1:0",
      AMBIT_EXCHANGE_URL: `https://${this.host}:${this.ports.exchange}`,
      AMBIT_GATEWAY_URL: `https://${this.host}:${this.port}`,
      SPIFFE_ENDPOINT_SOCKET: `unix://${this.spire.agent.socket}`,
      AMBIT_SVID_FOLDER: undefined,
      AMBIT_DRAIN_SECONDS: "0",
    };
  }

  public async startEnvoy(): Promise<void> {
    writeFileSync(this.path("envoy.json"), this.envoyConfig());
    this.envoy = await this.serveEnvoy(this.programs.envoy, this.path("envoy.json"), this.port);
    const process = this.envoy;
    this.suite.afterwards(() => process.kill());
  }

  /** The Envoy of this world, with another configuration */
  public serveShipped(config: string, port: number): Promise<Server> {
    return this.serveEnvoy(this.programs.envoy, config, port);
  }

  public serveEnvoy(program: string, config: string, port: number): Promise<Server> {
    const quiet = ["--log-level", "warning", "--log-format", "%v"];
    return serve({
      name: "Envoy",
      command: program,
      args: ["--config-path", config, "--disable-hot-restart", "--concurrency", "2", ...quiet],
      ready: () => isListening(this.host, port),
    });
  }

  /** @param change of the fleet, of where it listens, and of its sockets */
  public envoyConfig(change: EnvoyChange = {}): string {
    const { fleet = this.fleet, port = this.port, usersPort = this.ports.users } = change;
    const { authorizer = this.authorizerSocket, admin = this.path("run", "admin.sock") } = change;
    return envoyJson({
      trustDomain: DOMAIN,
      spiffeId: this.idOf("gateway"),
      listen: { address: this.host, port },
      tools: fleet.tools.map(({ name, url, kind }) => ({ name, url, kind })),
      resources: { address: `https://${this.host}:${port}`, issuer: ISSUER },
      identity: { workloadApi: this.spire.agent.socket },
      sockets: { authorizer, admin },
      authorities: this.path("authorities.pem"),
      serves: fleet.agents.some(({ ways }) => ways.length > 0),
      ...(this.options.users && { users: this.usersConfig(this.options.users, usersPort) }),
    });
  }

  private usersConfig({ origins }: UsersOptions, port: number): EnvoyUsers {
    return {
      listen: { address: this.host, port },
      certificate: this.path("users.json"),
      origins,
      requestsPerSecond: 10_000,
    };
  }

  /** Sign the next revision of the registry. */
  public async published(fleet = this.fleet): Promise<number> {
    this.revision += 1;
    const key = new KeyFileSigner(this.path("registry.pem"));
    const { starterKeys, people, issuers, killSwitch } = this.options;
    const synthesized = gatewayDocument(fleet, this.issuers, people?.props, issuers);
    const document = starterKeys === undefined ? synthesized : await withStarterKeys(synthesized, starterKeys);
    writeFileSync(this.path("registry.pub.pem"), await key.publicKeyPem());
    writeFileSync(
      this.path("registry.signed"),
      await signedFile(withKillSwitch(document, killSwitch), key, this.revision),
    );
    return this.revision;
  }

  /** Wait until exchange and gateway go by a revision: each finds it by itself. */
  public async taken(revision: number): Promise<void> {
    const programs = { exchange: this.exchange.process, gateway: this.authorizer };
    for (const [name, { said }] of Object.entries(programs)) {
      await until(() => hasTaken(said(), revision), TAKEN_SECONDS, `the ${name} has not taken revision ${revision}`);
    }
  }

  private get registry() {
    const file = this.path("registry.signed");
    return { from: { file }, publicKeys: [this.path("registry.pub.pem")], scope: SCOPE };
  }

  private get authorizerSocket(): string {
    return this.path("run", "authorizer.sock");
  }

  private program(name: "authorizer" | "companion" | "exchange"): string {
    return this.path(name);
  }

  private async identified(): Promise<void> {
    const here = realpathSync(process.execPath);
    const node = realpathSync(this.options.node ?? here);
    for (const name of ["authorizer", "companion", "exchange"] as const) copyFileSync(node, this.program(name));
    for (const name of ["registry", "signing"])
      writeFileSync(this.path(`${name}.pem`), pem(keyPair().privateKey), { mode: 0o600 });
    writeFileSync(this.path("authorities.pem"), this.authorities);
    writeFileSync(this.path("login.pem"), AUTHORITY);
    const { users, people } = this.options;
    if (people !== undefined) appendFileSync(this.path("issuers.pem"), people.ca);
    if (users !== undefined) {
      const paths = { chain: this.path("users.crt"), key: this.path("users.key"), folder: this.folder };
      writeFileSync(paths.chain, users.certificate.cert);
      writeFileSync(paths.key, users.certificate.key, { mode: 0o600 });
      writeFileSync(this.path("users.json"), usersSecret(paths));
    }
    const [authorizer, companion, exchange] = [
      this.program("authorizer"),
      this.program("companion"),
      this.program("exchange"),
    ];
    this.agents = await registered(this.spire, { authorizer, companion, exchange, envoy: this.programs.envoy });
  }

  private get ownStore(): Store {
    const folder = this.path("state");
    return this.options.store?.(folder) ?? { level: { folder } };
  }
}

function hasTaken(said: string, revision: number): boolean {
  const lines = said.split("\n").filter((line) => line.includes('"event":"registry.taken"'));
  return lines.some((line) => (JSON.parse(line) as { readonly revision: number }).revision === revision);
}
