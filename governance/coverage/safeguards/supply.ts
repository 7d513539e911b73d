import { SPIRE_AGENT_POD, SPIRE_SERVER_POD } from "../../../constructs/spire/spire-processes";
import { own } from "../../../domain/own";
import { admission } from "../admission";
import { isPublicKey } from "../keys";
import { addressesOf, at, type DeclaredAgent, inner, type Located, type Output, textIn } from "../output";
import { type ConfigFile, configured, exchangeConfigs, exchangeConfigured, gateway } from "../platform-parts";
import { podsOf } from "../pods";
import { namesKnown } from "../references";
import { contributes, type Safeguard } from "../safeguard";

export const pinnedTools: Safeguard = {
  id: "C25",
  name: "Definitions of MCP tools pinned as they were reviewed",
  requires: [
    { what: "the gateway, which compares each answer with the pin", find: gateway },
    {
      what: "a pin for each MCP tool that it may call",
      appliesTo: (agent, output) => mcpActions(agent, output).length > 0,
      findFor: (agent, output) => (mcpActions(agent, output).every((pin) => pin !== undefined) ? agent.addresses : []),
    },
  ],
  claims: [
    ...contributes(
      "owasp-asi/ASI04",
      "owasp-asi/ASI01",
      "owasp-mcp/MCP03",
      "owasp-mcp/MCP04",
      "owasp-nhi/NHI3",
      "maestro/L7",
    ),
    ...contributes("ai-rmf/MANAGE 3.1", "ai-rmf/MAP 4.2", "iso42001/A.10.3", "sp800-53/SR-11", "sp800-53/SI-7"),
  ],
  yours: "what the tools do behind an unchanged definition",
};

/** Pin of each action of an MCP server that the agent may call; undefined for one without */
function mcpActions({ entry }: DeclaredAgent, { registry }: Output): readonly (string | undefined)[] {
  const pins: (string | undefined)[] = [];
  for (const { tools } of Object.values(entry.tasks)) {
    for (const name of Object.keys(tools)) {
      const tool = own(registry.tools, name);
      if (tool?.kind === "mcp") for (const action of tools[name] ?? []) pins.push(own(tool.actions, action)?.pin);
    }
  }
  return pins;
}

export const encryptedStores: Safeguard = {
  id: "C26",
  name: "State and records encrypted by keys of the customer's",
  requires: [
    {
      what: "a table of the exchange with a key in KMS",
      find: (output) =>
        exchangeConfigs(output).flatMap(({ json }) => {
          const name = at(json, "store", "dynamodb", "table");
          return addressesOf(
            output
              .of("aws_dynamodb_table")
              .filter((table) => textIn(table.block.body, "name") === name && isEncrypted(table)),
          );
        }),
    },
  ],
  claims: [
    ...contributes(
      "owasp-nhi/NHI2",
      "maestro/L2",
      "ai-rmf/MEASURE 2.7",
      "ai-rmf/MEASURE 2.10",
      "sp800-53/SC-28",
      "sp800-53/SC-12",
    ),
  ],
  yours: "encryption of the data that agents use",
};

function isEncrypted({ block, stack }: Located): boolean {
  const { enabled, kms_key_arn: key } = inner(block.body, "server_side_encryption");
  return enabled === true && typeof key === "string" && namesKnown(key, stack);
}

export const pinnedImages: Safeguard = {
  id: "C27",
  name: "Images of the platform pinned by digest",
  requires: [
    { what: "images of ambit-gateway by digest", find: gateway },
    ...[SPIRE_SERVER_POD, SPIRE_AGENT_POD].map((pod) => ({
      what: `images of ${pod.name} by digest`,
      find: (output: Output) => addressesOf(podsOf(output, pod)),
    })),
  ],
  claims: [
    ...contributes("owasp-asi/ASI04", "owasp-mcp/MCP04", "owasp-nhi/NHI6", "maestro/L4"),
    ...contributes(
      "ai-rmf/MANAGE 3.1",
      "sp800-53/SR-3",
      "sp800-53/SR-4",
      "sp800-53/SR-11",
      "sp800-53/SI-7",
      "sp800-53/CM-14",
    ),
  ],
  yours: "what is in the images, and updates of them",
};

export const signedDocuments: Safeguard = {
  id: "C28",
  name: "What is enforced is signed at deploy, and verified before it counts",
  requires: [
    {
      what: "public keys of the registry at the exchange",
      find: (output) => exchangeConfigured(output, hasKeys(output)),
    },
    {
      what: "public keys of the registry at the gateway",
      find: (output) => configured(output, "ambit-gateway", "authorizer.json", hasKeys(output)),
    },
  ],
  claims: [
    ...contributes("owasp-asi/ASI04", "owasp-asi/ASI10", "maestro/L4", "maestro/L6"),
    ...contributes("ai-rmf/GOVERN 1.4", "sp800-53/SI-7", "sp800-53/CM-14", "sp800-53/SC-12"),
  ],
  yours: "who may sign",
};

function hasKeys(output: Output): (config: ConfigFile) => boolean {
  return ({ json, located: { block, stack } }) => {
    const keys = at(json, "registry", "publicKeys");
    const files = inner(block.body, "data");
    // The exchange's function has them in its configuration, and pods in files beside it.
    const textOf = (key: string): string => textIn(files, key.slice(key.lastIndexOf("/") + 1)) ?? key;
    return (
      Array.isArray(keys) &&
      keys.length > 0 &&
      keys.every((key) => typeof key === "string" && isPublicKey(textOf(key), stack, output))
    );
  };
}

/** What a pod could otherwise become another workload by */
const POD_POLICIES = [
  ...["ambit-agent-pods", "ambit-foreign-pods", "ambit-host-access", "ambit-host-paths", "ambit-host-volumes"],
  ...["ambit-namespaces", "ambit-node-access", "ambit-platform-workloads", "ambit-pod-access", "ambit-pod-updates"],
  "ambit-tokens",
];

export const admittedPods: Safeguard = {
  id: "C30",
  name: "Admission that keeps pods from becoming others, or the node",
  requires: POD_POLICIES.map((name) => ({
    what: `the policy ${name}, bound`,
    find: (output: Output) => admission(output, name),
  })),
  claims: [
    ...contributes(
      "owasp-asi/ASI03",
      "owasp-asi/ASI05",
      "owasp-nhi/NHI4",
      "owasp-nhi/NHI6",
      "owasp-nhi/NHI9",
      "maestro/L4",
    ),
    ...contributes("ai-rmf/MEASURE 2.7", "sp800-53/SC-39", "sp800-53/CM-7"),
  ],
  yours: "people who administer the cluster",
};
