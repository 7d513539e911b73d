import { isRecord } from "../../../domain/is-record";
import { admissions } from "../admission";
import { addressesOf, at } from "../output";
import { configured, exchangeConfigured } from "../platform-parts";
import { closedNamespaces, isOpenedBesides, ownNetworkPolicies } from "../pod-network";
import { contributes, provides, type Safeguard } from "../safeguard";

export const closedEgress: Safeguard = {
  id: "C12",
  name: "Egress denied by default, and opened to named places",
  requires: [
    {
      what: "a namespace whose pods reach nothing by default, and no policy that opens it",
      findFor: (agent, output) =>
        isOpenedBesides(agent, output) ? [] : addressesOf(closedNamespaces(agent.entry.workload.namespace, output)),
    },
    {
      what: "a network policy of its own that names each place",
      findFor: (agent, output) => addressesOf(ownNetworkPolicies(agent, output)),
    },
    {
      what: "admission that keeps network policies, and the labels that they select by",
      find: (output) => admissions(output, "ambit-network-policies", "ambit-pod-updates"),
    },
  ],
  claims: [
    ...contributes(
      "sp800-207/2",
      "sp800-207/4",
      "owasp-asi/ASI01",
      "owasp-asi/ASI02",
      "owasp-asi/ASI05",
      "owasp-asi/ASI08",
    ),
    ...contributes("owasp-nhi/NHI2", "owasp-mcp/MCP05", "owasp-mcp/MCP09", "maestro/L4", "ai-rmf/MEASURE 2.7"),
    ...contributes("requirement/A2", "sp800-53/AC-4", "sp800-53/SC-7", "sp800-53/CM-7"),
  ],
  yours: "a network plugin that enforces policies",
};

export const mutualTls: Safeguard = {
  id: "C13",
  name: "Mutual TLS by SVIDs between agents, gateway and exchange",
  requires: [
    {
      what: "an exchange that serves by its SVID",
      find: (output) => exchangeConfigured(output, ({ json }) => typeof at(json, "tls", "workloadApi") === "string"),
    },
    {
      what: "a gateway that wants a certificate of each agent",
      find: (output) => configured(output, "ambit-gateway", "envoy.json", ({ json }) => wantsCertificates(json)),
    },
  ],
  claims: [
    provides("sp800-207/2", "between declared agents", "C02", "C12"),
    provides("owasp-asi/ASI07", "transport and identity", "C02"),
    ...contributes("sp800-207/6", "owasp-asi/ASI03", "owasp-nhi/NHI2", "owasp-nhi/NHI4", "owasp-mcp/MCP07"),
    ...contributes(
      "maestro/L4",
      "maestro/L7",
      "ai-rmf/MEASURE 2.7",
      "sp800-53/SC-8",
      "sp800-53/SC-23",
      "sp800-53/IA-9",
    ),
  ],
  yours: "endpoints outside the gateway",
};

/** Whether the listener of agents asks each for its certificate */
function wantsCertificates(envoy: unknown): boolean {
  const listeners = at(envoy, "static_resources", "listeners");
  const agents = Array.isArray(listeners) ? listeners.find((each) => at(each, "name") === "agents") : undefined;
  const chains = at(agents, "filter_chains");
  return (
    Array.isArray(chains) &&
    chains.length > 0 &&
    chains.every(
      (chain) =>
        isRecord(chain) && at(chain, "transport_socket", "typed_config", "require_client_certificate") === true,
    )
  );
}
