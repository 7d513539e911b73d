import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { freePort } from "../../../cli/dev/free-port";
import { toolToken } from "../../e2e/gateway/call";
import { HOSTS } from "../../e2e/gateway/gateway-fleet";
import type { GatewayWorld } from "../../e2e/gateway/gateway-world";
import { type Server, serve } from "../../e2e/harness/server";
import type { Suite } from "../../e2e/harness/suite";
import { certificate } from "../../support/certificate";
import type { Side } from "./load";
import { plainEnvoy } from "./plain-envoy";
import type { Programs } from "./programs";
import { ALLOW, ASK, DIRECT, ENVOY } from "./result";
import { MCP_HOST, MCP_PATH } from "./ten-tools";

const ROOT = resolve(__dirname, "../../..");

/** A tool that is called: its name in the fleet, and its paths */
interface Called {
  readonly tool: string;
  /** At the gateway */
  readonly path: string;
  /** Without a gateway */
  readonly straight: { readonly path: string; readonly servername: string };
}

/** Where it answers, and the PEM of the authority that vouches for it */
interface Answering {
  readonly port: number;
  readonly authority: string;
}

/** One call of an HTTP tool */
const FOUND: Called = {
  tool: "crm",
  path: "/tools/crm/find?q=a",
  straight: { path: "/base/find?q=a", servername: HOSTS.crm },
};
/** The MCP server with ten tools */
export const TEN: Called = {
  tool: "ten",
  path: "/tools/ten",
  straight: { path: MCP_PATH, servername: MCP_HOST },
};

/** The whole chain of a world, with a token that is new at each load: one is good for five minutes. */
export function ambitSide(name: string, world: GatewayWorld, { tool, path }: Called = FOUND): Side {
  const { certificate: cert, key, bundle } = world.as("clerk");
  return {
    name,
    host: world.host,
    port: world.port,
    path,
    headers: async () => ({ authorization: `Bearer ${await toolToken(world, "clerk", "work", tool)}` }),
    tls: { ca: bundle, cert, key },
    pids: [world.envoy.pid, world.authorizer.pid, world.exchange.process.pid],
  };
}

/** Paths of what the other sides run */
export interface OtherPrograms {
  readonly envoy: string;
  readonly node: string;
  /** The authorizer that always allows */
  readonly allowing: string;
}

/** What a world's chain is compared with: the tool itself, Envoy alone, and Envoy with an authorizer that always allows */
export async function otherSides(
  suite: Suite,
  world: GatewayWorld,
  { envoy, node, allowing: main }: OtherPrograms,
  called: Called & { readonly server: Answering } = { ...FOUND, server: world.tool },
): Promise<readonly Side[]> {
  const ambit = ambitSide("", world, called);
  const { server: tool, straight } = called;
  const socket = world.path("run", "allow.sock");
  const allow = await started(suite, ALLOW, node, [main, socket, `${world.host}:${tool.port}`]);
  const at = { world, envoy, places: { tools: { host: world.host, port: tool.port } } };
  const plain = await plainEnvoy(suite, { ...at, name: "plain", authorizer: undefined });
  const allowing = await plainEnvoy(suite, { ...at, name: "allow", authorizer: socket });
  return [
    {
      ...ambit,
      name: DIRECT,
      ...straight,
      port: tool.port,
      tls: { ca: tool.authority },
      pids: [],
    },
    { ...ambit, name: ENVOY, port: plain.port, pids: [plain.pid] },
    { ...ambit, name: ALLOW, port: allowing.port, pids: [allowing.pid, allow.pid] },
  ];
}

/** The chain that always allows, with a server that is asked about each call: no authorizer whose state is outside of its pod costs less. */
export async function askingSide(
  suite: Suite,
  world: GatewayWorld,
  { envoy, node, allowing, answering }: OtherPrograms & Pick<Programs, "answering">,
): Promise<Side> {
  const { cert, key } = certificate({ commonName: "asked" });
  const at = { host: world.host, port: await freePort(), cert: world.path("asked.crt"), key: world.path("asked.key") };
  writeFileSync(at.cert, cert);
  writeFileSync(at.key, key);
  const text = JSON.stringify(at);
  const server = await started(suite, "the server that is asked", node, [answering, text]);
  const socket = world.path("run", "ask.sock");
  const ask = await started(suite, ASK, node, [allowing, socket, `${world.host}:${world.tool.port}`], { ASKED: text });
  const places = { tools: { host: world.host, port: world.tool.port } };
  const chain = await plainEnvoy(suite, { world, envoy, places, name: "ask", authorizer: socket });
  return { ...ambitSide(ASK, world), port: chain.port, pids: [chain.pid, ask.pid, server.pid] };
}

async function started(
  suite: Suite,
  name: string,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Server> {
  const ready = (said: string): boolean => said.includes("listening");
  const served = await serve({ name, command, args, cwd: ROOT, env, ready });
  suite.afterwards(() => served.kill());
  return served;
}
