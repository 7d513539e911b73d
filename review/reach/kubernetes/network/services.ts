import { COMPANION_PORTS } from "../../../../domain";
import { type Fact, fact } from "../fact";
import { AGENT_LABEL } from "../labels";
import type { KubernetesObject } from "../objects/object";
import { block, blocks, canonical, text, textMap } from "../objects/values";
import type { RegisteredAgent } from "../cluster";

/** Services of these types are reached from outside the cluster. */
const OUTSIDE: Readonly<Record<string, string>> = {
  LoadBalancer: "its load balancer",
  NodePort: "a port of each node",
};

/**
 * Whether it is the service that the constructs give to a serving agent: a name for its own pods, at the port of its companion.
 * It opens nothing: network policies decide who reaches the pods.
 */
export function isOfServingAgent(
  { kind, name, namespace, labels, annotations, body }: KubernetesObject,
  agents: ReadonlyMap<string, RegisteredAgent>,
): boolean {
  const agent = labels.get(AGENT_LABEL);
  if (kind !== "Service" || agent === undefined || name !== `ambit-${agent}` || annotations.size > 0) return false;
  const known = agents.get(agent);
  return (
    known?.serves === true &&
    known.namespace === namespace &&
    canonical(block(body, "spec")) === canonical(headlessOf(agent))
  );
}

function headlessOf(agent: string) {
  const { inbound } = COMPANION_PORTS;
  return {
    clusterIP: "None",
    selector: { [AGENT_LABEL]: agent },
    ports: [{ name: "inbound", port: inbound, protocol: "TCP", targetPort: `${inbound}` }],
  };
}

/** It is reached from outside the cluster, at each of its ports */
export function outsideFacts({ kind, name, namespace, body, address }: KubernetesObject): readonly Fact[] {
  const spec = block(body, "spec");
  const by = kind === "Service" ? OUTSIDE[text(spec, "type") ?? ""] : undefined;
  if (by === undefined) return [];
  const pods = [...textMap(spec, "selector")].map(([key, value]) => `${key}=${value}`).sort();
  const to = pods.length === 0 ? "what is written elsewhere" : `pods with ${pods.join(", ")}`;
  return blocks(spec, "ports").map((port) => {
    const at = `${text(port, "protocol") ?? "TCP"} ${text(port, "port") ?? ""}`;
    const what = `Service ${name} of namespace ${namespace} leads from outside the cluster to ${to}, ${at}`;
    return fact("network", what, `${at} at ${by}`, address, {
      key: canonical(["outside", namespace, name, by, pods, port]),
    });
  });
}
