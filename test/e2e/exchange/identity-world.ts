import { copyFileSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { DevelopmentAuthority, keyPair, pem } from "../../../cli/dev/development-authority";
import { DevelopmentIssuers } from "../../../cli/dev/development-issuers";
import { Platform } from "../../../constructs";
import { facts } from "../../../fleet/platform";
import type { ExchangeConfig } from "../../../runtime/exchange/config";
import { chainDocumentOf } from "../../support/exchange/chain-fleet";
import { SCOPE } from "../../support/exchange/signed-example";
import type { Suite } from "../harness/suite";
import type { SpirePrograms } from "../spire/programs";
import type { HeldX509 } from "../spire/workload-api";
import { EXCHANGE_HOST, ISSUER } from "./issuer";
import { addressOfNetwork } from "./network-address";
import { RealAgent } from "./real-agent";
import { RealCompanion } from "./real-companion";
import { RealExchange } from "./real-exchange";
import { RealSpire } from "./real-spire";
import { RegistryWorld } from "./registry-world";
import { createTables, REGION, tablesAt } from "./state-table";

/** Every agent of the chain fleet that acts here, a service that may introspect, and one undeclared agent */
const WORKLOADS = {
  first: "/ns/chain/sa/first",
  second: "/ns/chain/sa/second",
  third: "/ns/chain/sa/third",
  gateway: "/ns/ambit-system/sa/ambit-gateway",
  stranger: "/ns/chain/sa/stranger",
} as const;
const EXCHANGE = "/ns/ambit-system/sa/ambit-exchange";
/** Copies of Node, which SPIRE tells apart by their paths */
const PROGRAMS = ["exchange", "renewing-exchange", "companion"] as const;
const ALGORITHMS = ["ES256"] as const;
/** So short that SPIRE renews it while checks run */
const RENEWED_SECONDS = 60;
/** So short that a token of SPIRE's next key comes soon */
const JWT_SVID_SECONDS = 30;

export type WorkloadName = keyof typeof WORKLOADS;
export type SigningKey = ExchangeConfig["signingKeys"][number];

const PEOPLE_CLIENT = "ambit-approvals";
const OPERATORS = "on-call";

export interface ExchangeChoice {
  readonly name: string;
  readonly table: string;
  /** The one that signs first */
  readonly keys: readonly SigningKey[];
  /** @default - those of what stands for AWS */
  readonly endpoints?: { readonly store?: string; readonly kms?: string };
  /** Its own SVID lives for a minute. */
  readonly renewing?: true;
  /**
   * Seconds by which its clock is ahead.
   *
   * @default 0
   */
  readonly ahead?: number;
  /** @default - it brings nothing into an audit log */
  readonly audit?: ExchangeConfig["audit"];
}

/** Everything around the exchange: SPIRE, KMS, the signed registry in its table, users and starters */
export class IdentityWorld {
  private readonly agents = new Map<WorkloadName, RealAgent>();

  private constructor(
    public readonly spire: RealSpire,
    public readonly url: string,
    public readonly issuers: DevelopmentIssuers,
    /** Of users' issuer and starters, in seconds */
    public readonly clock: { ahead: number },
    public readonly folder: string,
    private readonly registry: RegistryWorld,
    private readonly suite: Suite,
  ) {}

  public static async start(suite: Suite, programs: SpirePrograms, url: string): Promise<IdentityWorld> {
    // Sockets lie in it, so the path is short.
    const folder = mkdtempSync(join(tmpdir(), "ambit-"));
    suite.afterwards(() => rmSync(folder, { recursive: true, force: true }));
    const spire = await RealSpire.start(programs, join(folder, "s"));
    suite.afterwards(() => spire.stop());
    const clock = { ahead: 0 };
    const issuers = await issuersOf(suite, folder, clock);
    const registry = await RegistryWorld.start(suite, url, "identity-registry", "alias/ambit/identity/registry");
    const world = new IdentityWorld(spire, url, issuers, clock, folder, registry, suite);
    await Promise.all([world.published(), world.registered()]);
    return world;
  }

  /** A new signing key in KMS, by its ARN */
  public async kmsKey(): Promise<{ readonly kms: string }> {
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const kms = new KMSClient({ endpoint: this.url, region: REGION, credentials });
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" }));
    kms.destroy();
    return { kms: KeyMetadata?.Arn as string };
  }

  /** A new signing key in a file */
  public keyFile(name: string): { readonly file: string } {
    const file = join(this.folder, `${name}.pem`);
    writeFileSync(file, pem(keyPair().privateKey), { mode: 0o600 });
    return { file };
  }

  /** Of a person of the operators, who has just logged in */
  public operatorToken(): string {
    return this.issuers.idToken("olga", PEOPLE_CLIENT, [OPERATORS]);
  }

  public createTable(table: string): Promise<void> {
    return createTables(this.url, table);
  }

  public async start(choice: ExchangeChoice): Promise<RealExchange> {
    const { name, endpoints = {}, ahead = 0, renewing = false } = choice;
    const program = this.program(renewing ? "renewing-exchange" : "exchange");
    const config = this.configOf(choice);
    const { folder } = this;
    const exchange = await RealExchange.start({ program, config, folder, name, kms: endpoints.kms ?? this.url, ahead });
    this.suite.afterwards(() => exchange.process.kill());
    return exchange;
  }

  /** The companion of the agent `first` */
  public async companion(exchange: RealExchange): Promise<RealCompanion> {
    const { socket } = this.spire.agent;
    const companion = await RealCompanion.start({ program: this.program("companion"), socket, exchange });
    this.suite.afterwards(() => companion.process.kill());
    return companion;
  }

  /** An agent or service, with the SVIDs that SPIRE gave this process for it */
  public as(name: WorkloadName): RealAgent {
    const agent = this.agents.get(name);
    if (agent === undefined) throw new Error(`${name} has no SVID`);
    return agent;
  }

  public idOf(name: WorkloadName): string {
    return `spiffe://${facts.trustDomain}${WORKLOADS[name]}`;
  }

  public get exchangeId(): string {
    return `spiffe://${facts.trustDomain}${EXCHANGE}`;
  }

  private program(name: (typeof PROGRAMS)[number]): string {
    return join(this.folder, name);
  }

  private async published(): Promise<void> {
    const { userIssuer, starterIssuer } = this.issuers;
    const issuer = { issuer: userIssuer, jwksUri: `${userIssuer}/keys`, algorithms: ALGORITHMS };
    const starter = { issuer: starterIssuer, jwksUri: `${starterIssuer}/keys`, algorithms: ALGORITHMS };
    const platform = new Platform({
      ...facts,
      issuers: [issuer],
      people: { ...issuer, clientId: PEOPLE_CLIENT, operators: [OPERATORS] },
      starters: [{ ...starter, starts: ["event", "schedule"] }],
    });
    const { code, tail } = await this.registry.deploy(this.registry.synthesized("chain", chainDocumentOf(platform)));
    if (code !== 0) throw new Error(tail);
  }

  private async registered(): Promise<void> {
    const { spire } = this;
    const here = realpathSync(process.execPath);
    for (const name of PROGRAMS) copyFileSync(here, this.program(name));
    const path = (name: (typeof PROGRAMS)[number]): string => realpathSync(this.program(name));
    const host = { dnsNames: [EXCHANGE_HOST] };
    await spire.register(path("exchange"), EXCHANGE, host);
    await spire.register(path("renewing-exchange"), EXCHANGE, { ...host, x509SvidSeconds: RENEWED_SECONDS });
    await spire.register(path("companion"), WORKLOADS.first);
    for (const workload of Object.values(WORKLOADS)) {
      await spire.register(here, workload, { jwtSvidSeconds: JWT_SVID_SECONDS });
    }
    const svids = await spire.held(Object.keys(WORKLOADS).length);
    for (const name of Object.keys(WORKLOADS) as WorkloadName[]) {
      const svid = svids.find(({ spiffeId }) => spiffeId === this.idOf(name)) as HeldX509;
      this.agents.set(name, new RealAgent(svid, spire.workload(), ISSUER));
    }
  }

  private configOf({ table, keys, endpoints = {}, audit }: ExchangeChoice): ExchangeConfig {
    const { spire, url, folder, registry } = this;
    return {
      issuer: ISSUER,
      trustDomain: facts.trustDomain,
      listen: { host: addressOfNetwork(), port: 0 },
      tls: { workloadApi: `unix://${spire.agent.socket}` },
      jwtSvid: { jwksUri: spire.keysAddress, ca: spire.keysAuthority },
      ...tablesAt(endpoints.store ?? url, table, url),
      registry: {
        from: { dynamodb: { table: registry.table, region: REGION, endpoint: url } },
        publicKeys: [registry.file("registry.pub.pem", registry.publicKey)],
        scope: SCOPE,
      },
      signingKeys: keys,
      audit,
      services: { introspect: [this.idOf("gateway")], state: [] },
      aws: { region: REGION, stsEndpoint: url },
      userKeys: { ca: join(folder, "issuers.pem") },
    };
  }
}

/** Users and starters, whose keys are served under an authority that only they trust */
async function issuersOf(suite: Suite, folder: string, clock: { ahead: number }): Promise<DevelopmentIssuers> {
  const authority = new DevelopmentAuthority("issuers.example");
  writeFileSync(join(folder, "issuers.pem"), authority.bundle);
  const now = (): Date => new Date(Date.now() + clock.ahead * 1000);
  const issuers = new DevelopmentIssuers({ authority, audience: ISSUER, spiffeIdOf: () => undefined, now });
  await issuers.listen();
  suite.afterwards(() => issuers.close());
  return issuers;
}
