import { writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join, resolve } from "node:path";
import { toolToken } from "../../e2e/gateway/call";
import { envoyProgram } from "../../e2e/gateway/envoy-program";
import { HOSTS } from "../../e2e/gateway/gateway-fleet";
import { GatewayWorld } from "../../e2e/gateway/gateway-world";
import { freePort, serve } from "../../e2e/harness/server";
import { Suite } from "../../e2e/harness/suite";
import { spirePrograms } from "../../e2e/spire/programs";
import { inTurns } from "../exchange/turns";
import { machineName } from "../machine";
import { type Load, load, type Side } from "./load";
import { ALLOW, AMBIT, DIRECT, ENVOY, type GatewayResult } from "./result";

const ROOT = resolve(__dirname, "../../..");
const PATH = "/find?q=a";

export interface GatewayBench {
  readonly rounds: number;
  /** Calls of a round */
  readonly calls: number;
  /** Calls of each side before the first round, until its code is compiled */
  readonly warmUp: number;
  readonly progress: (step: string) => void;
}

/** One call of a tool by each way, in turns. */
export async function gatewayBench({ rounds, calls, warmUp, progress }: GatewayBench): Promise<GatewayResult> {
  const [busy = NaN] = loadavg();
  const suite = new Suite("bench");
  try {
    progress("Envoy, SPIRE, exchange and authorizer start");
    const envoy = await envoyProgram();
    const world = await GatewayWorld.start(suite, await spirePrograms(), envoy);
    const sides = await sidesOf(suite, world, envoy);
    for (const side of sides) {
      progress(`warming up: ${side.name}`);
      await load(side, warmUp);
    }
    progress(`${rounds} rounds`);
    const turns = Object.fromEntries(sides.map((side) => [side.name, (): Promise<Load> => load(side, calls)]));
    return { machine: machineName(), busy, loads: await inTurns(turns, rounds) };
  } finally {
    await suite.putAway();
  }
}

async function sidesOf(suite: Suite, world: GatewayWorld, envoy: string): Promise<readonly Side[]> {
  const token = await toolToken(world, "clerk", "work", "crm");
  const { certificate: cert, key, bundle } = world.as("clerk");
  const tls = { ca: bundle, cert, key };
  const headers = { authorization: `Bearer ${token}` };
  const common = { host: world.host, path: `/tools/crm${PATH}`, headers, tls };
  const plain = await startEnvoy(suite, world, envoy, "plain", undefined);
  const socket = world.path("run", "allow.sock");
  const allow = await serve({
    name: "the authorizer that always allows",
    command: process.execPath,
    args: ["-r", "@swc-node/register", join(__dirname, "always-allow.ts"), socket, `${world.host}:${world.tool.port}`],
    cwd: ROOT,
    ready: (said) => said.includes("listening"),
  });
  suite.afterwards(() => allow.kill());
  const allowing = await startEnvoy(suite, world, envoy, "allow", socket);
  const own = [world.envoy.pid, world.authorizer.pid, world.exchange.process.pid];
  const { tool } = world;
  return [
    {
      ...common,
      name: DIRECT,
      port: tool.port,
      path: `/base${PATH}`,
      tls: { ...tls, ca: tool.authority },
      servername: HOSTS.crm,
      pids: [],
    },
    { ...common, name: ENVOY, port: plain.port, pids: [plain.pid] },
    { ...common, name: ALLOW, port: allowing.port, pids: [allowing.pid, allow.pid] },
    { ...common, name: AMBIT, port: world.port, pids: own },
  ];
}

interface StartedEnvoy {
  readonly port: number;
  readonly pid: number;
}

/** The configuration that ships, with another authorizer or none, and without a log of calls */
async function startEnvoy(
  suite: Suite,
  world: GatewayWorld,
  envoy: string,
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
  if (authorizer === undefined) {
    // Nobody says where to connect to.
    config.static_resources.clusters = config.static_resources.clusters.map((cluster) =>
      cluster.name === "tools" ? atAddress(cluster, world.host, world.tool.port) : cluster,
    );
    manager.http_filters = manager.http_filters.filter((filter) => !filter.name.endsWith("ext_authz"));
    for (const route of manager.route_config.virtual_hosts.flatMap(({ routes }) => routes)) {
      delete route.typed_per_filter_config["envoy.filters.http.ext_authz"];
    }
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
