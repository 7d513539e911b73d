import { collectorOf } from "./collector";
import type { Platform } from "./platform";

/** Both selectors in one peer mean "and"; in two peers they would mean "or". */
export function podsIn(namespace: string, matchLabels: Readonly<Record<string, string>>) {
  return {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
    podSelector: { matchLabels: { ...matchLabels } },
  };
}

export function ranges(cidrs: readonly string[]) {
  return cidrs.map((cidr) => ({ ipBlock: { cidr } }));
}

export function tcp(...ports: readonly number[]) {
  return ports.map((port) => ({ port: String(port), protocol: "TCP" }));
}

/** The way to the cluster's DNS */
export function toDns({ dns }: Platform) {
  return {
    to: [podsIn(dns.namespace, dns.podLabels)],
    ports: [{ port: "53", protocol: "UDP" }, ...tcp(53)],
  };
}

/** Pods that may read the metrics; empty if the platform names none. */
export function fromMonitoring({ cluster }: Platform, ...ports: readonly number[]) {
  const { monitoring } = cluster;
  return monitoring === undefined
    ? []
    : [{ from: [podsIn(monitoring.namespace, monitoring.podLabels)], ports: tcp(...ports) }];
}

/** Egress to the pods that take traces and metrics; empty without such pods, or if `from` may not reach them */
export function toCollector(platform: Platform, from: "agents" | "control") {
  const found = collectorOf(platform);
  const way = found?.[from];
  if (found === undefined || way === undefined) return [];
  const { namespace, podLabels } = found;
  return [{ to: [podsIn(namespace, podLabels)], ports: tcp(Number(new URL(way.collector).port)) }];
}

/** What exchange and gateway are told of it */
export function telemetryOf(platform: Platform) {
  const found = collectorOf(platform);
  return found === undefined ? {} : { telemetry: found.control };
}

/** Egress to AWS's own addresses; empty if the platform names none. */
export function toAws({ network }: Platform) {
  if (network.kind === "none") return [];
  const cidrs = network.kind === "vpc" ? network.endpointSubnets.map((subnet) => subnet.cidr) : network.egressCidrs;
  return [{ to: ranges(cidrs), ports: tcp(443) }];
}
