import { COLLECTOR_PORTS } from "./control-plane";
import { CONTROL_ACCOUNT, CONTROL_NAMESPACE } from "./names";
import type { Platform } from "./platform";

/** One way to a collector */
export interface CollectorWay {
  /** Origin at which it takes OTLP over HTTP */
  readonly collector: string;
  /** Left out if it does not show who it is */
  readonly spiffeId?: string;
}

/** Where traces and metrics go */
export interface Collector {
  readonly namespace: string;
  readonly podLabels: Readonly<Record<string, string>>;
  /** For exchange and gateway */
  readonly control: CollectorWay;
  /** For companions, traces alone; undefined if agents' pods may not reach it */
  readonly agents: CollectorWay | undefined;
}

/** The platform's collector; undefined if it declares none, and nothing is measured */
export function collectorOf({ cluster: { collector }, trustDomain }: Platform): Collector | undefined {
  if (collector === undefined) return undefined;
  if (collector !== "deployed") {
    const { address, namespace, podLabels } = collector;
    return { namespace, podLabels, control: { collector: address }, agents: undefined };
  }
  const name = CONTROL_ACCOUNT.collector;
  const way = (port: number): CollectorWay => ({
    collector: `https://${name}.${CONTROL_NAMESPACE}.svc:${port}`,
    spiffeId: `spiffe://${trustDomain.name}/ns/${CONTROL_NAMESPACE}/sa/${name}`,
  });
  return {
    namespace: CONTROL_NAMESPACE,
    podLabels: { "app.kubernetes.io/name": name },
    control: way(COLLECTOR_PORTS.control),
    agents: way(COLLECTOR_PORTS.agents),
  };
}
