import { PRIVATE_NETWORKS, SPECIAL_NETWORKS } from "../../../domain/networks";
import { COMPANION_PORTS, type Fleet, type Tool } from "../../../domain";
import { CONTROL_PORTS } from "../../platform/control-plane";
import { CONTROL_ACCOUNT, CONTROL_NAMESPACE, LABELS } from "../../platform/names";
import { podsIn, ranges, tcp, toAws, toCollector, toDns } from "../../platform/peers";
import type { Platform } from "../../platform/platform";
import { routedTools, serves, USERS_PORT } from "./gateway-files";

/** Everything of IPv4 that is on the public internet */
const PUBLIC = {
  ipBlock: {
    cidr: "0.0.0.0/0",
    except: [...SPECIAL_NETWORKS, ...PRIVATE_NETWORKS].filter((network) => !network.includes(":")),
  },
};

/** Address ranges */
interface Cidrs {
  /** Of tools on a private network */
  readonly private: readonly string[];
  /** Of the intent evaluator */
  readonly intent: readonly string[];
  /** Address ranges of users; empty without a listener for them */
  readonly users: readonly string[];
}

/** Agents come in, and users; DNS, the exchange, the registry, the tools' destinations and agents that serve are reached. The kubelet needs no rule. */
export function gatewayNetwork(platform: Platform, fleet: Fleet, cidrs: Cidrs) {
  const tools = routedTools(fleet);
  const agents = {
    namespaceSelector: { matchLabels: { [LABELS.namespace]: "agents" } },
    podSelector: { matchLabels: { [LABELS.managed]: "true" } },
  };
  const exchange = podsIn(CONTROL_NAMESPACE, { "app.kubernetes.io/name": CONTROL_ACCOUNT.exchange });
  const open = tools.filter(({ privateAddress }) => privateAddress === undefined);
  const own = tools.filter(({ privateAddress }) => privateAddress !== undefined);
  return {
    policyTypes: ["Ingress", "Egress"],
    ingress: [
      { from: [agents], ports: tcp(CONTROL_PORTS.gateway) },
      ...(cidrs.users.length === 0 ? [] : [{ from: ranges(cidrs.users), ports: tcp(USERS_PORT) }]),
    ],
    egress: [
      toDns(platform),
      { to: [exchange], ports: tcp(CONTROL_PORTS.exchange) },
      ...toAws(platform),
      ...(serves(fleet) ? [{ to: [agents], ports: tcp(COMPANION_PORTS.inbound) }] : []),
      ...(open.length === 0 ? [] : [{ to: [PUBLIC], ports: tcp(...portsOf(open)) }]),
      ...(own.length === 0 ? [] : [{ to: ranges(cidrs.private), ports: tcp(...portsOf(own)) }]),
      ...toCollector(platform, "control"),
      ...(platform.intent === undefined
        ? []
        : [{ to: ranges(cidrs.intent), ports: tcp(...portsOf([platform.intent])) }]),
    ],
  };
}

function portsOf(tools: readonly Pick<Tool, "url">[]): readonly number[] {
  const found = tools.map(({ url }) => Number(new URL(url).port || "443"));
  return [...new Set(found)].sort((one, other) => one - other);
}
