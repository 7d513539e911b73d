import { fleet } from "../../fleet";
import { facts } from "../../fleet/platform";
import { NO_NOTICES } from "../../runtime/approval/approver-notices";
import type { ExchangeConfig } from "../../runtime/exchange/config";
import { type RunningExchange, startExchange } from "../../runtime/exchange/server";
import type { Log } from "../../runtime/log";
import type { FleetDocument } from "../../runtime/registry/fleet-view";
import { DevelopmentAuthority } from "./development-authority";
import { startCompanions } from "./development-companions";
import { DevelopmentFiles, type Workload } from "./development-files";
import { madeFolder, temporaryFolder } from "./development-folder";
import { APPROVERS, auditLogOf, AUTHORIZER, configOf, EXCHANGE } from "./development-config";
import { DevelopmentIssuers } from "./development-issuers";
import { idOf, spiffeIdOf } from "./development-names";
import { developmentDocument } from "./development-registry";
import { DevelopmentSts } from "./development-sts";
import { startWitness } from "./development-witness";
import { freePort } from "./free-port";
import {
  type DevelopmentGateway,
  GATEWAY,
  type GatewayChoice,
  startGateway,
  USERS,
} from "./gateway/development-gateway";
import { toolCredentials } from "./gateway/tool-credentials";
import { LOOPBACK } from "./loopback";
import {
  type ApproverPageChoice,
  type ApproverPagePlace,
  loopbackProvider,
  placeOf,
  withPageAt,
} from "./oversight/approver-page";
import { type Oversight, startOversight } from "./oversight/oversight";
import type { Serving } from "./serving";
import { heardBy, type Observer } from "./watch/observer";

/** Below which users reach agents, where the platform has no listener for them */
const USERS_DOMAIN = "agents.development";

const usersDomain = facts.userListener?.domain ?? USERS_DOMAIN;
const waysIn = fleet.agents.flatMap(({ ways }) => ways.map(({ facts: way }) => way));
/** Of ways in that are not below the domain of all */
const ownHosts = waysIn.flatMap(({ host }) => (host === undefined ? [] : [host]));

export interface DevelopmentProps {
  /**
   * For state, keys and SVIDs, kept afterwards.
   *
   * @default - a temporary one, removed at the end
   */
  readonly folder?: string | undefined;
  /**
   * Agents whose companions run.
   *
   * @default - every agent of the fleet
   */
  readonly agents?: readonly string[];
  /** Of the exchange, 0 for any free one */
  readonly port: number;
  /**
   * Source of AWS credentials.
   *
   * @default - a stand-in, whose credentials are worthless
   */
  readonly aws?: ExchangeConfig["aws"];
  /**
   * Run the tool gateway too; at the port after the exchange's, or any free one.
   *
   * @default - no gateway, and no tool is reachable
   */
  readonly gateway?: GatewayChoice;
  /**
   * Credentials for tools.
   *
   * @default - those of the tools' stand-ins; none without stand-ins
   */
  readonly outbound?: ExchangeConfig["outbound"];
  /**
   * What it serves, by the addresses of those that prove starts.
   *
   * @default - what synth writes of the fleet
   */
  readonly document?: typeof developmentDocument;
  /**
   * Agents that serve here, with the ports of their own code.
   *
   * @default - none does: a developer plays each by hand
   */
  readonly serves?: Serving;
  /**
   * Serve the page on which people decide on approvals, and let them log in; the document says who they are.
   *
   * @default - it is not served
   */
  readonly approverPage?: ApproverPageChoice;
  /**
   * Hears what the parts tell.
   *
   * @default - none does
   */
  readonly observer?: Observer;
  /**
   * Origin of an OpenTelemetry collector, to which all parts send traces and metrics.
   *
   * @default - nothing is measured
   */
  readonly collector?: string | undefined;
  readonly log: Log;
}

/** How users reach agents that serve here */
export interface UsersWay {
  readonly domain: string;
  readonly port: number;
  /** Names of the agents */
  readonly agents: readonly string[];
}

/** The example fleet on one machine: exchange, SVIDs, users and starters, all on loopback */
export class DevelopmentPlatform {
  private constructor(
    public readonly issuer: string,
    public readonly authority: DevelopmentAuthority,
    public readonly files: DevelopmentFiles,
    public readonly issuers: DevelopmentIssuers,
    /** http addresses of companions, by the agent's name */
    public readonly companions: ReadonlyMap<string, string>,
    /** Undefined if it does not run */
    public readonly gateway: DevelopmentGateway | undefined,
    /** Undefined if no agent of the fleet has a way in, or there is no gateway */
    public readonly users: UsersWay | undefined,
    /** What it serves, as the exchange has it */
    public readonly document: FleetDocument,
    /** Undefined if no page is served, or people are known elsewhere or not at all */
    public readonly oversight: Oversight | undefined,
    private readonly endings: readonly (() => Promise<void> | void)[],
  ) {}

  public static async start({
    folder,
    port,
    aws,
    gateway: choice,
    outbound,
    document = developmentDocument,
    log,
    agents = fleet.agents.map(({ name }) => name),
    serves = new Map(),
    approverPage,
    observer,
    collector,
  }: DevelopmentProps): Promise<DevelopmentPlatform> {
    const endings: (() => Promise<void> | void)[] = [];
    try {
      const place = folder === undefined ? temporaryFolder(endings) : madeFolder(folder);
      const chosen = port === 0 ? await freePort() : port;
      const issuer = `https://${LOOPBACK}:${chosen}`;
      const authority = new DevelopmentAuthority(facts.trustDomain);
      const page = approverPage && (await placeOf(approverPage));
      const files = new DevelopmentFiles(place, authority, workloads(page));
      files.start();
      endings.push(() => files.stop());
      const issuers = new DevelopmentIssuers({ authority, audience: issuer, spiffeIdOf, fleet });
      await issuers.listen();
      endings.push(() => issuers.close());
      const written = document(issuers.userIssuer, issuers.starterIssuer);
      const served = page === undefined ? written : withPageAt(written, page);
      const oversight = oversightOf(page, served, files, issuers, endings);
      const config = await configOf({
        issuer,
        port: chosen,
        aws: aws ?? (await standIn(endings)),
        outbound:
          outbound ??
          (choice && choice.real !== true ? toolCredentials(fleet, issuers.toolTokens(files.bundle)) : undefined),
        document: served,
        files,
        issuers,
        approverPage: page,
        witnessing: await startWitness(files, auditLogOf(files), log, endings),
      });
      const telemetry = collector === undefined ? undefined : { collector };
      const exchange: RunningExchange = await startExchange(
        { ...config, telemetry },
        {
          log: heardBy(observer, "exchange", log),
          notices: () => ({ ...NO_NOTICES, close: async () => undefined }),
          ...(observer !== undefined && { onAct: (act) => observer.act(act) }),
          ...(oversight !== undefined && { provider: loopbackProvider(files.bundle) }),
        },
      );
      endings.push(() => exchange.close());
      const pods = new Map<string, number>();
      const usersPort = port === 0 ? await freePort() : port + 2;
      const users = choice && waysIn.length > 0 ? { domain: usersDomain, port: usersPort } : undefined;
      const gateway =
        choice &&
        (await startGateway({
          ...choice,
          fleet,
          trustDomain: facts.trustDomain,
          issuer,
          port: port === 0 ? await freePort() : port + 1,
          registry: config.registry,
          telemetry,
          files,
          serving: users && { ...users, pods },
          log: heardBy(observer, "authorizer", log),
          ...(observer !== undefined && { onDecision: observer.decision.bind(observer) }),
        }));
      if (gateway !== undefined) endings.push(() => gateway.close());
      const companions = await startCompanions(
        {
          exchange: issuer,
          gateway: gateway?.url,
          agents,
          serves,
          files,
          hasPorts: port !== 0,
          telemetry,
          log,
          observer,
        },
        pods,
        endings,
      );
      return new DevelopmentPlatform(
        issuer,
        authority,
        files,
        issuers,
        companions,
        gateway,
        users && { ...users, agents: [...pods.keys()] },
        served,
        oversight,
        endings,
      );
    } catch (error) {
      await ended(endings);
      throw error;
    }
  }

  /** SPIFFE ID of an agent of the example, by its name */
  public agentId(agent: string): string {
    const id = spiffeIdOf(agent);
    if (id === undefined) throw new Error(`no agent ${agent} in the example fleet`);
    return id;
  }

  public close(): Promise<void> {
    return ended(this.endings);
  }
}

async function standIn(endings: (() => Promise<void> | void)[]): Promise<ExchangeConfig["aws"]> {
  const sts = new DevelopmentSts();
  const stsEndpoint = await sts.listen();
  endings.push(() => sts.close());
  // The developer's own credentials must not reach anything but AWS.
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "development", AWS_SECRET_ACCESS_KEY: "development" });
  delete process.env.AWS_SESSION_TOKEN;
  return { region: facts.aws.region, stsEndpoint };
}

function oversightOf(
  page: ApproverPagePlace | undefined,
  document: FleetDocument,
  files: DevelopmentFiles,
  { login }: DevelopmentIssuers,
  endings: (() => void)[],
): Oversight | undefined {
  const [emailDomain = facts.trustDomain] = facts.domains;
  if (page?.isOwn !== true || login === undefined) return undefined;
  return startOversight(page, document, { files, issuer: login, emailDomain }, endings);
}

function workloads(page: ApproverPagePlace | undefined): readonly Workload[] {
  const names = { dnsNames: ["localhost"], ipAddresses: [LOOPBACK] };
  return [
    ...fleet.agents.map(({ name }) => ({ name, spiffeId: spiffeIdOf(name) as string })),
    { name: EXCHANGE, spiffeId: idOf(EXCHANGE), names },
    { name: AUTHORIZER, spiffeId: idOf(AUTHORIZER) },
    { name: GATEWAY, spiffeId: idOf(GATEWAY), names },
    ...(page === undefined ? [] : [{ name: APPROVERS, spiffeId: idOf(APPROVERS), names: page.names }]),
    {
      name: USERS,
      spiffeId: `spiffe://${facts.trustDomain}/development/users`,
      names: { dnsNames: [`*.${usersDomain}`, ...ownHosts], ipAddresses: [] },
    },
  ];
}

async function ended(endings: readonly (() => Promise<void> | void)[]): Promise<void> {
  for (const end of [...endings].reverse()) await end();
}
