import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import type { Construct } from "constructs";
import { SPIRE_ACCOUNT, SPIRE_NAMESPACE } from "../../platform/names";
import { fromMonitoring, podsIn, ranges, tcp, toAws, toDns } from "../../platform/peers";
import type { Platform } from "../../platform/platform";
import type { SpireServerProps } from "../spire-server-props";
import { CONTROLLER_MANAGER, SERVER } from "./paths";
import { componentLabels } from "./pods";

const POSTGRES = 5432;

export interface ServerNetworkProps {
  readonly platform: Platform;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly props: SpireServerProps;
}

/** Agents and the API server reach the servers; they reach the API server, their database, AWS and federated endpoints. */
export function serverNetwork(scope: Construct, id: string, { platform, podLabels, props }: ServerNetworkProps) {
  const { database, bundleEndpoint, upstreamAuthority, federationCidrs = [] } = props;
  const agents = podsIn(SPIRE_NAMESPACE.system, componentLabels(SPIRE_ACCOUNT.agent));
  const upstream = upstreamAuthority?.upstream;
  return new NetworkPolicyV1(scope, id, {
    metadata: { name: "spire-server", namespace: SPIRE_NAMESPACE.server },
    spec: {
      podSelector: { matchLabels: { ...podLabels } },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        { from: [agents], ports: tcp(SERVER.ports.grpc) },
        { from: ranges(platform.cluster.apiServerCidrs), ports: tcp(CONTROLLER_MANAGER.ports.webhook) },
        ...fromMonitoring(platform, SERVER.ports.metrics, CONTROLLER_MANAGER.ports.metrics),
        ...(bundleEndpoint === undefined
          ? []
          : [{ from: ranges(bundleEndpoint.fromCidrs), ports: tcp(SERVER.ports.federation) }]),
      ],
      egress: [
        toDns(platform),
        { to: ranges(platform.cluster.apiServerCidrs), ports: tcp(443) },
        ...(database === "sqlite" ? [] : [{ to: ranges(database.cidrs), ports: tcp(POSTGRES) }]),
        ...(props.role === undefined ? [] : toAws(platform)),
        ...(federationCidrs.length === 0 ? [] : [{ to: ranges(federationCidrs), ports: tcp(443, 8443) }]),
        // A name, which no policy can hold: the port alone is opened, and the upstream proves its SPIFFE ID.
        ...(upstream === undefined ? [] : [{ ports: tcp(upstream.port) }]),
      ],
    },
  });
}
