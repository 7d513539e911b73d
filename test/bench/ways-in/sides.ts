import { resolve } from "node:path";
import { freePort } from "../../../cli/dev/free-port";
import { serve } from "../../e2e/harness/server";
import type { Suite } from "../../e2e/harness/suite";
import { INBOUND_PORT, podAddress } from "../../e2e/ways-in/pod";
import type { Headers, Side } from "../gateway/load";
import { plainEnvoy } from "../gateway/plain-envoy";
import { ASK_PATH, CLERK, TASK, TOOL, TOOL_PATH } from "./fleet";
import type { Identity } from "./processes/settings";
import type { WaysInPrograms } from "./programs";
import { ALLOW, ENVOY } from "./result";
import { startAgent, startProxies, WaysInWorld } from "./world";

const ROOT = resolve(__dirname, "../../..");
const LOOPBACK = "127.0.0.1";
/** Who ask in turns */
const USERS = 8;
/** Of what the tool says */
const SAID = '"ok":true';

/** What of a side's processors counts, by the name of the process */
export type Processes = Readonly<Record<string, number>>;

export interface WaysInSide extends Side {
  readonly processes: Processes;
}

/** A user's request to the agent, which calls the tool once, with all that is between */
export function ambitSide(name: string, world: WaysInWorld): WaysInSide {
  const { gateway, companion, agent } = world;
  return sideOf(world, name, gateway.usersPort, {
    Envoy: gateway.envoy.pid,
    authorizer: gateway.authorizer.pid,
    exchange: gateway.exchange.process.pid,
    companion: companion.pid,
    "the agent's own code": agent.pid,
  });
}

export interface OtherSidesProps {
  readonly world: WaysInWorld;
  readonly envoy: string;
  readonly programs: WaysInPrograms;
}

/** The same through Envoy alone, and through Envoy with an authorizer and sidecars that let everything pass */
export async function otherSides(suite: Suite, props: OtherSidesProps): Promise<readonly WaysInSide[]> {
  return [await envoySide(suite, props), await allowSide(suite, props)];
}

async function envoySide(suite: Suite, { world, envoy, programs }: OtherSidesProps): Promise<WaysInSide> {
  const { gateway } = world;
  const identity = identityOf(world);
  const port = await freePort();
  const plain = await plainEnvoy(suite, {
    world: gateway,
    envoy,
    name: "plain",
    authorizer: undefined,
    places: {
      agents: { host: LOOPBACK, port, spiffeId: gateway.idOf(CLERK) },
      tools: { host: gateway.host, port: gateway.tool.port },
    },
  });
  const agent = await startAgent(suite, programs, {
    listen: { host: LOOPBACK, port },
    call: `https://${gateway.host}:${plain.port}/tools/${TOOL}${TOOL_PATH}`,
    identity,
  });
  return sideOf(world, ENVOY, plain.usersPort, { Envoy: plain.pid, "the agent's own code": agent.pid });
}

async function allowSide(suite: Suite, { world, envoy, programs }: OtherSidesProps): Promise<WaysInSide> {
  const { gateway } = world;
  const [address, own, port] = [podAddress(), await freePort(), await freePort()];
  const socket = gateway.path("run", "allow.sock");
  const allow = await serve({
    name: "the authorizer that always allows",
    command: programs.node,
    args: [
      programs.allowing,
      socket,
      `${gateway.host}:${gateway.tool.port}`,
      `${address}:${INBOUND_PORT}`,
      gateway.idOf(CLERK),
    ],
    cwd: ROOT,
    ready: (said) => said.includes("listening"),
  });
  suite.afterwards(() => allow.kill());
  const allowing = await plainEnvoy(suite, {
    world: gateway,
    envoy,
    name: "allow",
    authorizer: socket,
    places: {},
  });
  const proxies = await startProxies(suite, programs, {
    inbound: { listen: { host: address, port: INBOUND_PORT }, agent: { host: LOOPBACK, port } },
    outbound: { listen: { host: LOOPBACK, port: own }, envoy: { host: gateway.host, port: allowing.port } },
    identity: identityOf(world),
  });
  const agent = await startAgent(suite, programs, {
    listen: { host: LOOPBACK, port },
    call: `http://${LOOPBACK}:${own}/tools/${TOOL}${TOOL_PATH}`,
  });
  return sideOf(world, ALLOW, allowing.usersPort, {
    Envoy: allowing.pid,
    authorizer: allow.pid,
    companion: proxies.pid,
    "the agent's own code": agent.pid,
  });
}

function identityOf({ gateway }: WaysInWorld): Identity {
  const { certificate: cert, key, bundle: ca } = gateway.as(CLERK);
  return { cert, key, ca };
}

function sideOf(
  { gateway, authority }: WaysInWorld,
  name: string,
  port: number,
  processes: WaysInSide["processes"],
): WaysInSide {
  let users: readonly Headers[] = [];
  let turn = 0;
  const host = WaysInWorld.hostOf(CLERK);
  return {
    name,
    host: gateway.host,
    port,
    path: ASK_PATH,
    servername: host,
    // Evidence of users is good for minutes.
    headers: async () => {
      users = Array.from({ length: USERS }, (_, index) => ({
        authorization: `Bearer ${gateway.evidence(CLERK, TASK, `user-${index}`)}`,
      }));
      return { host };
    },
    next: () => users[(turn += 1) % USERS] ?? {},
    answer: SAID,
    tls: { ca: authority },
    pids: Object.values(processes),
    processes,
  };
}
