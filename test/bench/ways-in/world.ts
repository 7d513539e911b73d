import { resolve } from "node:path";
import { freePort } from "../../../cli/dev/free-port";
import { GatewayWorld } from "../../e2e/gateway/gateway-world";
import { serve, type Server } from "../../e2e/harness/server";
import type { Suite } from "../../e2e/harness/suite";
import type { SpirePrograms } from "../../e2e/spire/programs";
import { podAddress, servingCompanion } from "../../e2e/ways-in/pod";
import { type Certified, certificate } from "../../support/certificate";
import { CLERK, servingFleet, TASK, TOOL, TOOL_PATH, WAY } from "./fleet";
import { type AgentSettings, type ProxiesSettings, SETTINGS_VARIABLE } from "./processes/settings";
import type { WaysInPrograms } from "./programs";

const ROOT = resolve(__dirname, "../../..");
const LOOPBACK = "127.0.0.1";
const DOMAIN = "agents.acme.example";
const AUTHORITY = "users' authority";
const START_SECONDS = 120;

/** As Kubernetes names the pods of the agent that is asked */
const SERVICE = `ambit-${CLERK}.office.svc.cluster.local`;

export interface WaysInWorldProps {
  readonly suite: Suite;
  readonly spire: SpirePrograms;
  readonly envoy: string;
  readonly programs: WaysInPrograms;
  /** How many agents serve */
  readonly agents: number;
}

/** Everything between a user and a tool: the gateway, and a pod of an agent behind it */
export class WaysInWorld {
  private constructor(
    public readonly gateway: GatewayWorld,
    /** PEM of the authority that vouches for the users' listener */
    public readonly authority: string,
    public readonly companion: Server,
    public readonly agent: Server,
    /** Until the authorizer had read the registry, in seconds on the clock */
    public readonly loadedSeconds: number,
    private readonly props: WaysInWorldProps,
  ) {}

  public static async start(props: WaysInWorldProps): Promise<WaysInWorld> {
    const { suite, spire, envoy, programs, agents } = props;
    const issuer = certificate({ commonName: AUTHORITY });
    const gateway = await GatewayWorld.start(suite, spire, envoy, {
      fleet: (port) => servingFleet(port, agents),
      users: { domain: DOMAIN, certificate: listenerOf(issuer), origins: [] },
      store: () => ({ memory: {} }),
      mains: { exchange: programs.exchange, authorizer: programs.authorizer },
      node: programs.node,
    });
    const loadedSeconds = await loaded(gateway);
    const address = podAddress();
    const ports = { agent: await freePort(), own: await freePort() };
    const companion = await servingCompanion(
      suite,
      gateway,
      { companion: gateway.path("companion"), ways: { [WAY]: undefined }, address },
      ports,
      programs.companion,
    );
    gateway.names.addresses.set(SERVICE, [address]);
    const agent = await startAgent(suite, programs, {
      listen: { host: LOOPBACK, port: ports.agent },
      call: `http://${LOOPBACK}:${ports.own}/v1/tasks/${TASK}/tools/${TOOL}${TOOL_PATH}`,
    });
    return new WaysInWorld(gateway, issuer.cert, companion, agent, loadedSeconds, props);
  }

  /** Host at which an agent is asked */
  public static hostOf(agent: string): string {
    return `${agent}.${DOMAIN}`;
  }

  /** The fleet with so many agents */
  public fleetOf(agents: number) {
    return servingFleet(this.gateway.tool.port, agents);
  }

  public get agents(): number {
    return this.props.agents;
  }
}

/** Starts the authorizer anew, whose registry is there by then. @returns seconds until it answers */
async function loaded(gateway: GatewayWorld): Promise<number> {
  await gateway.authorizer.kill();
  const began = performance.now();
  await gateway.startAuthorizer();
  return (performance.now() - began) / 1_000;
}

function listenerOf({ key }: Certified): Certified {
  return certificate({ commonName: "agents", dnsNames: [`*.${DOMAIN}`], issuer: { commonName: AUTHORITY, key } });
}

export function startAgent(suite: Suite, { node, agent }: WaysInPrograms, settings: AgentSettings): Promise<Server> {
  return started(suite, "the agent's own code", [node, agent], settings);
}

export function startProxies(
  suite: Suite,
  { node, proxies }: WaysInPrograms,
  settings: ProxiesSettings,
): Promise<Server> {
  return started(suite, "the plain proxies", [node, proxies], settings);
}

async function started(
  suite: Suite,
  name: string,
  [command, main]: readonly [node: string, main: string],
  settings: object,
): Promise<Server> {
  const server = await serve({
    name,
    command,
    args: [main],
    cwd: ROOT,
    env: { [SETTINGS_VARIABLE]: JSON.stringify(settings) },
    ready: (said) => said.includes("listening"),
    startSeconds: START_SECONDS,
  });
  suite.afterwards(() => server.kill());
  return server;
}
