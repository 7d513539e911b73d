import { isRecord } from "../../../domain/is-record";
import { own } from "../../../domain/own";
import { awsTasks, policiesAt, policiesOfRole, rolesAt, usesAws } from "../agent-parts";
import { boundaries } from "../boundary";
import { addressesOf, at, type DeclaredAgent, jsonIn, type Located, type Output, textIn } from "../output";
import { keysNamed } from "../keys";
import { exchange, exchangeConfigs, gateway } from "../platform-parts";
import { contributes, provides, type Safeguard } from "../safeguard";

export const boundedRole: Safeguard = {
  id: "C03",
  name: "A role per agent, with its own policy below a boundary",
  requires: [
    {
      what: "a role with a boundary of this output, and a policy of its own",
      appliesTo: usesAws,
      findFor: (agent, output) => {
        const found = awsTasks(agent).map(({ role }) => rolesAt(output, role).flatMap((each) => bounded(each, output)));
        return found.some((each) => each.length === 0) ? [] : [...new Set(found.flat())];
      },
    },
  ],
  claims: [
    ...contributes("sp800-207/3", "sp800-207/6", "owasp-asi/ASI02", "owasp-asi/ASI03", "owasp-nhi/NHI5"),
    ...contributes("owasp-mcp/MCP02", "maestro/L4", "maestro/L6", "ai-rmf/MAP 3.3", "ai-rmf/MANAGE 1.3"),
    ...contributes("requirement/A2", "sp800-53/AC-3", "sp800-53/AC-6"),
  ],
  yours: "choosing the actions and resources that are right",
};

function bounded(role: Located, output: Output): readonly string[] {
  const arn = textIn(role.block.body, "permissions_boundary");
  const ceilings =
    arn === undefined ? [] : policiesAt(output, arn).filter(({ address }) => boundaries(output).has(address));
  const policies = policiesOfRole(output, role);
  return ceilings.length === 0 || policies.length === 0 || policies.some(allowsAll)
    ? []
    : addressesOf([role, ...policies, ...ceilings]);
}

/** Whether an own policy leaves the limit to the boundary */
function allowsAll({ block }: Located): boolean {
  const statements = jsonIn(textIn(block.body, "policy"))["Statement"];
  return [statements].flat().some((each) => {
    const { Effect, Action, NotAction, NotResource } = isRecord(each) ? each : {};
    return Effect !== "Deny" && (NotAction !== undefined || NotResource !== undefined || [Action].flat().includes("*"));
  });
}

export const taskScope: Safeguard = {
  id: "C04",
  name: "AWS access scoped to one task",
  requires: [
    { what: "the exchange that gives sessions their policy", find: exchange },
    {
      what: "a session policy, or a role of its own, for each task",
      appliesTo: usesAws,
      findFor: (agent, output) =>
        awsTasks(agent).every(({ role, isScoped }) => isScoped && rolesAt(output, role).length > 0)
          ? [...agent.addresses, ...new Set(awsTasks(agent).flatMap(({ role }) => addressesOf(rolesAt(output, role))))]
          : [],
    },
  ],
  claims: [
    provides("sp800-207/3", "agents declared here", "C05", "C15"),
    ...contributes("sp800-207/4", "owasp-asi/ASI02", "owasp-asi/ASI03", "owasp-nhi/NHI5", "owasp-mcp/MCP02"),
    ...contributes("maestro/L4", "ai-rmf/MAP 2.1", "requirement/A2", "sp800-53/AC-6"),
  ],
  yours: "definitions of tasks that are as small as the work",
};

export const exchangedTokens: Safeguard = {
  id: "C06",
  name: "Token exchange with narrowed audience and scope, and the actor named (RFC 8693)",
  requires: [
    { what: "the exchange", find: exchange },
    {
      what: "its issuer and keys that sign in KMS",
      find: (output) =>
        exchangeConfigs(output).flatMap(({ located, json }) => {
          const keys = keysNamed(kmsKeys(json["signingKeys"]), output);
          return typeof json["issuer"] === "string" && keys.length > 0 ? addressesOf([located, ...keys]) : [];
        }),
    },
  ],
  claims: [
    ...contributes(
      "sp800-207/3",
      "sp800-207/6",
      "owasp-asi/ASI03",
      "owasp-asi/ASI07",
      "owasp-nhi/NHI4",
      "owasp-nhi/NHI5",
    ),
    ...contributes("owasp-mcp/MCP01", "owasp-mcp/MCP07", "maestro/L4", "maestro/L7", "ai-rmf/MEASURE 2.8"),
    ...contributes("requirement/GOV-02", "sp800-53/IA-13", "sp800-53/SC-23"),
  ],
  yours: "the identity provider behind it",
};

function kmsKeys(keys: unknown): readonly unknown[] {
  return Array.isArray(keys) ? keys.map((key) => at(key, "kms")) : [];
}

export const delegationLimits: Safeguard = {
  id: "C07",
  name: "Delegation to named agents, with a depth and a ceiling",
  requires: [
    { what: "the exchange that narrows what is handed on", find: exchange },
    {
      what: "a ceiling below its own for each delegate",
      appliesTo: delegates,
      findFor: ({ addresses, entry }) => {
        const within = Object.values(entry.tasks).every(({ ttlSeconds, delegates: edges }) =>
          Object.values(edges).every((edge) => edge.depth >= 1 && edge.ttlSeconds <= ttlSeconds),
        );
        return within ? addresses : [];
      },
    },
  ],
  claims: [
    ...contributes(
      "sp800-207/4",
      "sp800-207/6",
      "owasp-asi/ASI03",
      "owasp-asi/ASI07",
      "owasp-asi/ASI08",
      "owasp-asi/ASI10",
    ),
    ...contributes(
      "owasp-nhi/NHI5",
      "owasp-nhi/NHI9",
      "maestro/L6",
      "maestro/L7",
      "ai-rmf/MAP 4.2",
      "ai-rmf/MEASURE 2.8",
    ),
    ...contributes("requirement/GOV-02", "sp800-53/AC-21"),
  ],
  yours: "agents of others, which ignore these limits",
};

function delegates({ entry }: DeclaredAgent): boolean {
  return Object.values(entry.tasks).some((task) => Object.keys(task.delegates).length > 0);
}

export const twoGrants: Safeguard = {
  id: "C09",
  name: "Tools and data granted apart, and both needed",
  requires: [
    { what: "the gateway that asks for both", find: gateway },
    {
      what: "data granted to each task whose tools touch it",
      appliesTo: callsTools,
      findFor: (agent, output) => (hasBothGrants(agent, output) ? agent.addresses : []),
    },
  ],
  claims: [
    ...contributes(
      "sp800-207/1",
      "sp800-207/4",
      "owasp-asi/ASI02",
      "owasp-asi/ASI03",
      "owasp-asi/ASI06",
      "owasp-nhi/NHI5",
    ),
    ...contributes(
      "owasp-mcp/MCP02",
      "owasp-mcp/MCP10",
      "maestro/L2",
      "maestro/L3",
      "ai-rmf/MAP 3.3",
      "ai-rmf/MEASURE 2.10",
    ),
    ...contributes("requirement/A2", "sp800-53/AC-4", "sp800-53/AC-6", "sp800-53/AC-16"),
  ],
  yours: "truthful labels of data",
};

function callsTools({ entry }: DeclaredAgent): boolean {
  return Object.values(entry.tasks).some(({ tools }) => Object.keys(tools).length > 0);
}

function hasBothGrants({ entry }: DeclaredAgent, { registry }: Output): boolean {
  for (const { tools, data } of Object.values(entry.tasks)) {
    for (const tool of Object.keys(tools)) {
      const known = own(registry.tools, tool)?.actions;
      for (const action of tools[tool] ?? []) {
        const { touches = {} } = own(known, action) ?? {};
        for (const dataset of Object.keys(touches)) {
          const granted = own(data, dataset) ?? [];
          if (touches[dataset]?.every((kind) => granted.includes(kind)) !== true) return false;
        }
      }
    }
  }
  return true;
}
