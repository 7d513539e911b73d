import { writeFileSync } from "node:fs";
import { freePort } from "../../../cli/dev/free-port";
import type { GatewayWorld } from "../../e2e/gateway/gateway-world";
import type { Suite } from "../../e2e/harness/suite";

/** Where a cluster leads where no authorizer says it */
export interface Place {
  readonly host: string;
  readonly port: number;
  /**
   * That the host must show.
   *
   * @default - as the configuration says
   */
  readonly spiffeId?: string;
}

export interface PlainEnvoyProps {
  readonly world: GatewayWorld;
  /** Path of the program */
  readonly envoy: string;
  readonly name: string;
  /** Socket of another authorizer; undefined for none */
  readonly authorizer: string | undefined;
  /** By cluster */
  readonly places: Readonly<Record<string, Place>>;
}

export interface StartedEnvoy {
  readonly port: number;
  readonly usersPort: number;
  readonly pid: number;
}

/** What is done for a decision, and nothing else */
const DECIDED_BY = ["envoy.filters.http.ext_authz", "envoy.filters.http.set_filter_state"];
/** What shows answers to the authorizer, or tells which */
const READ_BY = ["envoy.filters.http.ext_proc", "ambit.http_answers", "envoy.filters.http.header_mutation"];

/** The configuration that ships, with another authorizer or none, without a log of calls, and with answers that no authorizer reads */
export async function plainEnvoy(
  suite: Suite,
  { world, envoy, name, authorizer, places }: PlainEnvoyProps,
): Promise<StartedEnvoy> {
  const [port, usersPort] = [await freePort(), await freePort()];
  const config = JSON.parse(
    world.envoyConfig({
      port,
      usersPort,
      authorizer: authorizer ?? world.path("run", "none.sock"),
      admin: world.path("run", `${name}-admin.sock`),
    }),
  ) as Bootstrap;
  const managers = config.static_resources.listeners.flatMap(({ filter_chains: chains }) =>
    chains.flatMap(({ filters }) => filters.map(({ typed_config: manager }) => manager)),
  );
  for (const manager of managers) {
    manager.access_log = [];
    const routes = manager.route_config.virtual_hosts.flatMap((host) => host.routes);
    for (const route of routes) for (const filter of READ_BY) delete route.typed_per_filter_config[filter];
    if (authorizer !== undefined) continue;
    manager.http_filters = manager.http_filters.filter((filter) => !DECIDED_BY.includes(filter.name));
    for (const route of routes) for (const filter of DECIDED_BY) delete route.typed_per_filter_config[filter];
  }
  if (authorizer === undefined) {
    // There is no authorizer that says where to connect to.
    config.static_resources.clusters = config.static_resources.clusters.map((cluster) => {
      const place = places[cluster.name];
      return place === undefined ? cluster : at(cluster, place);
    });
  }
  const file = world.path(`${name}.json`);
  writeFileSync(file, JSON.stringify(config));
  const server = await world.serveEnvoy(envoy, file, port);
  suite.afterwards(() => server.kill());
  return { port, usersPort, pid: server.pid };
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

function at(cluster: Cluster, { host: address, port, spiffeId }: Place): Cluster {
  const { original_dst_lb_config, lb_policy, cleanup_interval, ...kept } = cluster as Cluster & Record<string, unknown>;
  const endpoint = { address: { socket_address: { address, port_value: port } } };
  const assignment = { cluster_name: kept.name, endpoints: [{ lb_endpoints: [{ endpoint }] }] };
  const placed = { ...kept, type: "STATIC", load_assignment: assignment } as Cluster;
  return spiffeId === undefined ? placed : (heldTo(placed, spiffeId) as Cluster);
}

/** With another matcher of the peer's name, wherever it stands */
function heldTo(value: unknown, spiffeId: string): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((part) => heldTo(part, spiffeId));
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      name,
      name === "matcher" ? { exact: spiffeId } : heldTo(part, spiffeId),
    ]),
  );
}
