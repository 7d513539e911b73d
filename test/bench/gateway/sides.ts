import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { toolToken } from "../../e2e/gateway/call";
import { HOSTS } from "../../e2e/gateway/gateway-fleet";
import type { GatewayWorld } from "../../e2e/gateway/gateway-world";
import { freePort, serve } from "../../e2e/harness/server";
import type { Suite } from "../../e2e/harness/suite";
import type { Side } from "./load";
import { ALLOW, DIRECT, ENVOY } from "./result";
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
  const allow = await serve({
    name: "the authorizer that always allows",
    command: node,
    args: [main, socket, `${world.host}:${tool.port}`],
    cwd: ROOT,
    ready: (said) => said.includes("listening"),
  });
  suite.afterwards(() => allow.kill());
  const at = { world, envoy, port: tool.port };
  const plain = await startEnvoy(suite, at, "plain", undefined);
  const allowing = await startEnvoy(suite, at, "allow", socket);
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

interface StartedEnvoy {
  readonly port: number;
  readonly pid: number;
}

/** The configuration that ships, with another authorizer or none, without a log of calls, and with answers that no authorizer reads */
async function startEnvoy(
  suite: Suite,
  { world, envoy, port: toolPort }: { readonly world: GatewayWorld; readonly envoy: string; readonly port: number },
  name: string,
  authorizer: string | undefined,
): Promise<StartedEnvoy> {
  const port = await freePort();
  const config = JSON.parse(
    world.envoyConfig({
      port,
      authorizer: authorizer ?? world.path("run", "none.sock"),
      admin: world.path("run", `${name}-admin.sock`),
    }),
  ) as Bootstrap;
  const [listener] = config.static_resources.listeners;
  const manager = listener?.filter_chains[0]?.filters[0]?.typed_config;
  if (manager === undefined) throw new Error("the configuration has no listener");
  manager.access_log = [];
  const routes = manager.route_config.virtual_hosts.flatMap((host) => host.routes);
  for (const route of routes) delete route.typed_per_filter_config["envoy.filters.http.ext_proc"];
  if (authorizer === undefined) {
    // There is no authorizer that says where to connect to.
    config.static_resources.clusters = config.static_resources.clusters.map((cluster) =>
      cluster.name === "tools" ? atAddress(cluster, world.host, toolPort) : cluster,
    );
    manager.http_filters = manager.http_filters.filter((filter) => !filter.name.endsWith("ext_authz"));
    for (const route of routes) delete route.typed_per_filter_config["envoy.filters.http.ext_authz"];
  }
  const file = world.path(`${name}.json`);
  writeFileSync(file, JSON.stringify(config));
  const server = await world.serveEnvoy(envoy, file, port);
  suite.afterwards(() => server.kill());
  return { port, pid: server.pid };
}

/** What of Envoy's configuration is changed here */
interface Bootstrap {
  readonly static_resources: {
    clusters: readonly Cluster[];
    readonly listeners: readonly {
      readonly filter_chains: readonly { readonly filters: readonly { readonly typed_config: Manager }[] }[];
    }[];
  };
}

interface Cluster {
  readonly name: string;
}

interface Manager {
  access_log: readonly unknown[];
  http_filters: readonly { readonly name: string }[];
  readonly route_config: {
    readonly virtual_hosts: readonly {
      readonly routes: readonly { readonly typed_per_filter_config: Record<string, unknown> }[];
    }[];
  };
}

function atAddress(cluster: Cluster, address: string, port: number): Cluster {
  const { original_dst_lb_config, lb_policy, cleanup_interval, ...kept } = cluster as Cluster & Record<string, unknown>;
  const endpoint = { address: { socket_address: { address, port_value: port } } };
  const assignment = { cluster_name: kept.name, endpoints: [{ lb_endpoints: [{ endpoint }] }] };
  return { ...kept, type: "STATIC", load_assignment: assignment } as Cluster;
}
