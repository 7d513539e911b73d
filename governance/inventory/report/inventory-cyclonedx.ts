import { uuidV5 } from "../../uuid";
import { jsonFile } from "../../../review/report/review-json";
import type { InventoriedAgent, InventoriedDataset, InventoriedModel, InventoriedTool, Inventory } from "../inventory";
import { factsOf } from "./agent-facts";

/** Namespace of the numbers that Ambit gives to inventories: a UUID of its own, which must stay (RFC 9562 section 5.5) */
const NAMESPACE = "7d8f4bd0-2f0c-5d0e-9c59-5f1a4a3f7c11";
const FLEET = "fleet";
/** What a schema of CycloneDX takes for a mail address and for an address of the web; other text stands in a property. */
const MAIL = /^[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/;
const ADDRESS = /^https:\/\/[A-Za-z0-9.-]+(?::\d+)?(?:\/[A-Za-z0-9._~\/-]*)?$/;

/**
 * The inventory as CycloneDX 1.7 in JSON: agents are applications, models machine-learning models, datasets data, and tools services, each
 * with what uses it as dependencies.
 *
 * Its number follows from what it says, and it has no time: the same inventory has the same bytes.
 */
export function inventoryCycloneDx(inventory: Inventory): string {
  const { agents, models, datasets, tools } = inventory;
  const said = {
    version: 1,
    metadata: {
      component: {
        type: "platform",
        "bom-ref": FLEET,
        name: inventory.trustDomain,
        description: "A fleet of agents",
        properties: inventory.acknowledged.map(({ at, finding, reason, owner, expires }) =>
          property("acknowledged", `${finding} at ${at} until ${expires} by ${owner}: ${reason}`),
        ),
      },
      tools: { components: [{ type: "application", name: "ambit" }] },
    },
    components: [...agents.map(agentComponent), ...models.map(modelComponent), ...datasets.map(dataComponent)],
    services: tools.map(toolService),
    dependencies: dependenciesOf(inventory),
  };
  return jsonFile({
    bomFormat: "CycloneDX",
    specVersion: "1.7",
    serialNumber: `urn:uuid:${uuidV5(NAMESPACE, JSON.stringify(said))}`,
    ...said,
  });
}

function agentComponent(agent: InventoriedAgent): object {
  const facts = factsOf(agent).filter(([what]) => what !== "owner");
  return {
    type: "application",
    "bom-ref": refOf("agent", agent.name),
    name: agent.name,
    description: agent.purpose,
    ...(MAIL.test(agent.owner) && { manufacturer: { contact: [{ email: agent.owner }] } }),
    properties: [
      property("owner", agent.owner),
      property("state", agent.state),
      ...facts.flatMap(([what, texts]) => texts.map((text) => property(what.replaceAll(" ", "-"), text))),
    ],
  };
}

function modelComponent({ name, model, clearance, url }: InventoriedModel): object {
  return {
    type: "machine-learning-model",
    "bom-ref": modelRef(name, model),
    name: model,
    properties: [property("tool", name), property("clearance", clearance), property("url", url)],
  };
}

function dataComponent({ name, kind, sensitivity, untrusted, place }: InventoriedDataset): object {
  return {
    type: "data",
    "bom-ref": refOf("dataset", name),
    name,
    data: [{ type: "dataset", name, classification: sensitivity }],
    properties: [
      property("kind", kind),
      property("untrusted", String(untrusted)),
      ...(place === undefined ? [] : [property("place", place)]),
    ],
  };
}

function toolService({
  name,
  kind,
  url,
  clearance,
  untrustedOutput,
  actsAs,
  actions,
  unpinned,
}: InventoriedTool): object {
  return {
    "bom-ref": refOf("tool", name),
    name,
    ...(ADDRESS.test(url) && { endpoints: [url] }),
    // Its words are those of strangers.
    "x-trust-boundary": untrustedOutput,
    data: [{ flow: "bi-directional", classification: clearance }],
    properties: [
      property("kind", kind),
      property("acts-as", actsAs),
      ...(ADDRESS.test(url) ? [] : [property("url", url)]),
      ...actions.map((action) => property("action", action)),
      ...unpinned.map((action) => property("unpinned", action)),
    ],
  };
}

function dependenciesOf({ agents, tools, models, datasets }: Inventory): readonly object[] {
  const known: ReadonlySet<string> = new Set([
    ...agents.map(({ name }) => refOf("agent", name)),
    ...tools.map(({ name }) => refOf("tool", name)),
    ...models.map(({ name, model }) => modelRef(name, model)),
    ...datasets.map(({ name }) => refOf("dataset", name)),
  ]);
  const ofAgents = agents.map((agent) => {
    const used = [
      ...agent.tools.map(({ name }) => refOf("tool", name)),
      ...agent.models.map(({ name, model }) => modelRef(name, model)),
      ...agent.data.map(({ name }) => refOf("dataset", name)),
      ...agent.delegatesTo.map((to) => refOf("agent", to.split(".", 1)[0] as string)),
    ];
    return { ref: refOf("agent", agent.name), dependsOn: [...new Set(used)].filter((ref) => known.has(ref)).sort() };
  });
  return [{ ref: FLEET, dependsOn: agents.map(({ name }) => refOf("agent", name)) }, ...ofAgents];
}

function refOf(kind: "agent" | "dataset" | "tool", name: string): string {
  return `${kind}:${name}`;
}

function modelRef(tool: string, model: string): string {
  return `model:${tool}:${model}`;
}

function property(name: string, value: string): { readonly name: string; readonly value: string } {
  return { name: `ambit:${name}`, value };
}
