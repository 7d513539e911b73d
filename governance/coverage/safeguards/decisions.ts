import { AUTHORIZER } from "../../../constructs/gateway/gateway-decisions";
import type { Sensitivity } from "../../../domain";
import { own } from "../../../domain/own";
import type { RegistryTask } from "../../../domain/registry/document";
import { isDecided, taskFacts } from "../agent-parts";
import { asksAuthorizer } from "../envoy";
import { at, type DeclaredAgent, type Output } from "../output";
import { configured, exchange, gateway } from "../platform-parts";
import { contributes, provides, type Safeguard } from "../safeguard";

export const decisions: Safeguard = {
  id: "C08",
  name: "A policy decision on each call, denied by default",
  requires: [
    { what: "the gateway, whose authorizer decides", find: gateway },
    {
      what: "Envoy, which asks the authorizer about each request",
      find: (output) => configured(output, "ambit-gateway", "envoy.json", ({ json }) => asksAuthorizer(json)),
    },
    {
      what: "its signed registry",
      find: (output) =>
        configured(
          output,
          "ambit-gateway",
          "authorizer.json",
          ({ json }) =>
            isListed(at(json, "registry", "publicKeys")) &&
            json["trustDomain"] === output.registry.trustDomain &&
            json["socket"] === AUTHORIZER.socket,
        ),
    },
    {
      what: "each of its tasks in the policy document",
      findFor: (agent, output) => (isDecided(agent, output) ? [`policy.${agent.name}`] : []),
    },
  ],
  claims: [
    provides("sp800-207/4", "agents declared here", "C24"),
    provides("sp800-207/6", "agents declared here", "C02"),
    provides("owasp-asi/ASI02", "the scope of actions", "C09"),
    provides("requirement/A2", "the scope of actions", "C03", "C04"),
    ...contributes("sp800-207/3", "owasp-asi/ASI01", "owasp-asi/ASI03", "owasp-asi/ASI08", "owasp-nhi/NHI5"),
    ...contributes("owasp-mcp/MCP02", "owasp-mcp/MCP05", "owasp-mcp/MCP07", "maestro/L3", "maestro/L4", "maestro/L6"),
    ...contributes("ai-rmf/GOVERN 1.4", "ai-rmf/MANAGE 1.3", "iso42001/A.9.4"),
    ...contributes("sp800-53/AC-3", "sp800-53/AC-24", "sp800-53/AC-25"),
  ],
  yours: "what the policies allow, and that agents have no way around the gateway",
};

function isListed(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}

export const approval: Safeguard = {
  id: "C10",
  name: "Approval of the exact request, by another person, once",
  requires: [
    { what: "the exchange, which people ask and answer", find: exchange },
    {
      what: "a known group that decides on each high-impact action",
      appliesTo: (agent, output) => tasksOfHighImpact(agent, output).length > 0,
      findFor: (agent, output) =>
        tasksOfHighImpact(agent, output).every(
          ({ approval: asked }) =>
            asked !== undefined && own(output.registry.people?.approvers, asked.group)?.claim !== undefined,
        )
          ? agent.addresses
          : [],
    },
  ],
  claims: [
    ...contributes(
      "sp800-207/4",
      "sp800-207/6",
      "owasp-asi/ASI01",
      "owasp-asi/ASI02",
      "owasp-asi/ASI09",
      "owasp-nhi/NHI10",
    ),
    ...contributes("owasp-mcp/MCP06", "maestro/L6", "ai-rmf/GOVERN 3.2", "ai-rmf/MAP 3.5", "ai-rmf/MANAGE 2.4"),
    ...contributes("requirement/A2", "requirement/GOV-02", "iso42001/A.9.2", "sp800-53/AC-5"),
  ],
  yours: "second factors, training and attention of approvers",
};

/** Tasks that may call an action whose effect is grave */
function tasksOfHighImpact(agent: DeclaredAgent, output: Output): readonly RegistryTask<Sensitivity>[] {
  return taskFacts(agent, output).flatMap(({ task, facts }) =>
    facts.calls.some(({ isHighImpact }) => isHighImpact) ? [task] : [],
  );
}

export const boundedSession: Safeguard = {
  id: "C15",
  name: "Sessions that end when idle, and at the latest after hours",
  requires: [
    { what: "the exchange, which keeps sessions", find: exchange },
    {
      what: "limits of its session",
      findFor: ({ addresses, entry: { session } }) => (session.idleSeconds <= session.totalSeconds ? addresses : []),
    },
  ],
  claims: [
    provides("sp800-207/3", "agents declared here", "C05"),
    ...contributes(
      "owasp-asi/ASI03",
      "owasp-asi/ASI06",
      "owasp-asi/ASI10",
      "owasp-nhi/NHI7",
      "maestro/L3",
      "maestro/L6",
    ),
    ...contributes("ai-rmf/MANAGE 4.1", "requirement/GOV-02", "sp800-53/AC-12", "sp800-53/IA-11", "sp800-53/SC-23"),
  ],
  yours: "memory of agents that outlives a session",
};

export const observation: Safeguard = {
  id: "C22",
  name: "Limits that observe before they enforce, until a day",
  requires: [
    { what: "the gateway, which records what it would refuse", find: gateway },
    {
      what: "a day on which it ends",
      appliesTo: ({ entry }) => Object.values(entry.tasks).some(({ observe }) => observe !== undefined),
      findFor: ({ addresses }) => addresses,
    },
  ],
  claims: [
    ...contributes("sp800-207/4", "sp800-207/5", "owasp-asi/ASI02", "maestro/L5", "maestro/L6"),
    ...contributes("ai-rmf/MEASURE 2.4", "ai-rmf/MANAGE 4.1"),
  ],
  yours: "reading what was observed, and enforcing it",
};

export const riskTier: Safeguard = {
  id: "C24",
  name: "A risk tier that asks for controls",
  requires: [
    {
      what: "a decision or a budget on each high-impact action",
      findFor: (agent, output) =>
        agent.entry.risk.tier !== "" && tasksOfHighImpact(agent, output).every(isControlled) ? agent.addresses : [],
    },
  ],
  claims: [
    ...contributes("sp800-207/4", "sp800-207/5", "owasp-asi/ASI03", "owasp-asi/ASI10", "owasp-nhi/NHI5", "maestro/L6"),
    ...contributes("ai-rmf/GOVERN 1.3", "ai-rmf/MAP 5.1", "ai-rmf/MANAGE 1.3", "requirement/GOV-02"),
  ],
  yours: "risk tolerance, and whether the tier is right",
};

function isControlled({ approval: asked, budgets }: RegistryTask<Sensitivity>): boolean {
  return asked !== undefined || budgets.length > 0;
}
