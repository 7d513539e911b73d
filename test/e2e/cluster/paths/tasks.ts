import type { KubeObject } from "../../spire/kube-client";
import { ADDRESSES } from "../addresses";
import type { OneNode } from "../one-node";
import { NAMES_PORT, NODE, OUTSIDE, OUTSIDE_PORTS, passes, PODS, PORTS } from "./expected";
import { isOfKind } from "./pods";
import type { Probe, ProbeTask } from "./probe";

/** One network, and the places of the table that are in it */
export interface Place {
  readonly name: string;
  /** Its path on the node; undefined for the node's own */
  readonly network: string | undefined;
  readonly sources: readonly { readonly kind: string; readonly address?: string }[];
  readonly listen: ProbeTask["listen"];
}

/** Where a packet can be sent to */
interface Target {
  readonly kind: string;
  readonly host: string;
  readonly port: number;
  readonly udp: boolean;
  /** The port of the pod, where a Service leads to it */
  readonly podPort: number;
  /** As it is told */
  readonly through?: string;
}

type Labels = Readonly<Record<string, string>>;

/** The node's own programs: the kubelet is there, and probes pods. */
const NODE_NAME = "node";
const OUTSIDE_NAME = "outside";

export interface Places {
  readonly all: readonly Place[];
  readonly targets: readonly Target[];
}

export async function placesOf(
  on: OneNode,
  addresses: Readonly<Record<string, string>>,
  networks: ReadonlyMap<string, string>,
): Promise<Places> {
  const networkOf = (address: string): string => {
    const network = networks.get(address);
    if (network === undefined) throw new Error(`no network of the node has the address ${address}`);
    return network;
  };
  const pods = Object.entries(addresses).map(([kind, address]) => ({
    name: kind,
    network: networkOf(address),
    sources: [{ kind }],
    listen: [{ address, ports: PORTS }],
  }));
  const hosts = Object.entries(OUTSIDE);
  const [[, first]] = hosts as [[string, string]];
  const outside = {
    name: OUTSIDE_NAME,
    network: networkOf(first),
    sources: hosts.map(([kind, address]) => ({ kind, address })),
    listen: hosts.map(([, address]) => ({ address, ports: OUTSIDE_PORTS })),
  };
  const own = Object.values(NODE).map(parsed);
  const node = {
    name: NODE_NAME,
    network: undefined,
    sources: [{ kind: NODE_NAME }],
    listen: own.map(({ host, port }) => ({ address: host, ports: [port] })),
  };
  const targets = [
    ...Object.entries(addresses).flatMap(([kind, host]) => directly(kind, host, PORTS)),
    ...hosts.flatMap(([kind, host]) => directly(kind, host, OUTSIDE_PORTS)),
    ...Object.entries(NODE).map(([kind, at]) => ({ kind, ...parsed(at), udp: false, podPort: parsed(at).port })),
    ...(await throughServices(on)),
  ];
  return { all: [...pods, outside, node], targets };
}

export type Task = ProbeTask & Pick<Place, "network">;

/** What each network's process does. Nothing is tried within one network: no policy sees that. */
export function tasksOf(folder: string, { all, targets }: Places): readonly Task[] {
  return all.map((place) => {
    const own = place.name === NODE_NAME ? Object.keys(NODE) : place.sources.map(({ kind }) => kind);
    const probes = place.sources.flatMap((source) =>
      targets
        .filter(({ kind, through }) => !own.includes(kind) && isRouted(place.name, through))
        .map((target) => probeOf(source, target)),
    );
    const { listen, name, network } = place;
    const named = { folder, name: name.replaceAll(" ", "-"), network };
    return { ...named, parties: all.length, listen, udpPort: NAMES_PORT, probes };
  });
}

/** Addresses of Services are known inside the cluster alone, and the node itself stands where their ports are. */
function isRouted(place: string, through: string | undefined): boolean {
  if (through === undefined) return true;
  return place === OUTSIDE_NAME ? through.startsWith("node port") : place !== NODE_NAME;
}

function probeOf(source: Place["sources"][number], target: Target): Probe {
  const { kind, host, port, udp, podPort, through } = target;
  const path = `${source.kind} > ${kind}:${podPort}${udp ? "/udp" : ""}${through === undefined ? "" : ` by ${through}`}`;
  // The kubelet probes pods, so Kubernetes lets their node in. It is also what shows that there is something to reach at all.
  const opens = source.kind === NODE_NAME || passes(source.kind, kind, `${podPort}${udp ? "/udp" : ""}`);
  return { path, ...(source.address !== undefined && { from: source.address }), host, port, udp, opens };
}

function directly(kind: string, host: string, ports: readonly number[]): readonly Target[] {
  const tcp = ports.map((port) => ({ kind, host, port, podPort: port, udp: false }));
  return [...tcp, { kind, host, port: NAMES_PORT, podPort: NAMES_PORT, udp: true }];
}

interface ServiceSpec {
  readonly clusterIP: string;
  readonly selector?: Labels;
  readonly ports: readonly {
    readonly port: number;
    readonly targetPort: number;
    readonly nodePort?: number;
    readonly protocol: string;
  }[];
}

/** A Service is another way to its pods, by its own address or a port of the node, and lets nothing pass that they do not. */
async function throughServices(on: OneNode): Promise<readonly Target[]> {
  const services = await on.client("administrator").list("v1", "Service");
  return services.flatMap((service) => {
    const { clusterIP, ports } = service.spec as ServiceSpec;
    const kind = kindBehind(service);
    if (kind === undefined || clusterIP === "None") return [];
    return ports.flatMap(({ port, targetPort: podPort, nodePort, protocol }) => {
      const to = { kind, podPort, udp: protocol === "UDP" };
      const byAddress = { ...to, host: clusterIP, port, through: `Service ${service.metadata.name}` };
      if (nodePort === undefined) return [byAddress];
      return [
        byAddress,
        { ...to, host: ADDRESSES.node, port: nodePort, through: `node port of ${service.metadata.name}` },
      ];
    });
  });
}

function kindBehind({ metadata, spec }: KubeObject): string | undefined {
  const { selector, clusterIP } = spec as ServiceSpec;
  if (clusterIP === ADDRESSES.apiserverService) return "API server";
  if (selector === undefined) return undefined;
  const found = Object.entries(PODS).find(([, kind]) => isOfKind(kind, metadata.namespace as string, selector));
  return found?.[0];
}

function parsed(address: string): { readonly host: string; readonly port: number } {
  const { hostname: host, port } = new URL(`tcp://${address}`);
  return { host, port: Number(port) };
}
