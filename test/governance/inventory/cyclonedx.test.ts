import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import type { Inventory } from "../../../governance/inventory/inventory";
import { inventoryOf } from "../../../governance/inventory/inventory-of";
import { readOutput } from "../../../governance/inventory/output";
import { inventoryCycloneDx } from "../../../governance/inventory/report/inventory-cyclonedx";
import { scratch } from "../../support/cli";
import { agentOf } from "../../support/domain";
import { synthesize } from "../../support/example-app";
import { hostileInventory, inventoryOfFleet } from "../../support/inventory/outputs";
import { filesOf } from "../../support/review/folders";

const folder = scratch("cyclonedx");
for (const [file, content] of Object.entries(filesOf(synthesize()))) folder.put(file, content);
const example = inventoryOf(readOutput(folder.path));

/** CycloneDX's own library, as a judge that shares nothing with the writer */
const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot7);

interface Bom {
  readonly serialNumber: string;
  readonly components: readonly {
    readonly "bom-ref": string;
    readonly type: string;
    readonly [key: string]: unknown;
  }[];
  readonly services: readonly { readonly "bom-ref": string; readonly endpoints?: readonly string[] }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}
const bomOf = (inventory: Inventory): Bom => JSON.parse(inventoryCycloneDx(inventory)) as Bom;

test.each([
  ["the example fleet", example],
  ["a fleet without agents", { ...example, agents: [], tools: [], models: [], datasets: [] }],
  ["a fleet whose texts are hostile", hostileInventory()],
])("%s is accepted as CycloneDX 1.7 by its own library", async (_, inventory) => {
  expect(await validator.validate(inventoryCycloneDx(inventory))).toBeNull();
});

test.each([
  ["a kind of component that 1.7 does not have", /"machine-learning-model"/, '"model"'],
  ["a number that is none", /urn:uuid:[0-9a-f-]+/, "urn:uuid:1"],
  ["a key that no service has", /"x-trust-boundary"/, '"boundary"'],
  ["a flow that 1.7 does not have", /"bi-directional"/, '"both"'],
])("fails when it has %s, which the library notices", async (_, pattern, instead) => {
  const written = inventoryCycloneDx(example);
  expect(written).toMatch(pattern);
  expect(await validator.validate(written.replace(pattern, instead))).not.toBeNull();
});

test("agents are applications, models are models, datasets are data and tools are services", () => {
  const { components, services } = bomOf(example);
  const named = (type: string) => components.filter((one) => one.type === type).map(({ name }) => name);
  expect(named("application")).toEqual(example.agents.map(({ name }) => name));
  expect(named("machine-learning-model")).toEqual(["claude-sonnet-4-5"]);
  expect(named("data")).toEqual(example.datasets.map(({ name }) => name));
  expect(services.map((one) => one["bom-ref"])).toEqual(example.tools.map(({ name }) => `tool:${name}`));
  expect(components.find(({ name }) => name === "press-writer")).toMatchObject({
    manufacturer: { contact: [{ email: "communications@acme.example" }] },
    properties: expect.arrayContaining([{ name: "ambit:state", value: "suspended" }]) as object,
  });
  expect(components.find(({ name }) => name === "ledger")).toMatchObject({ data: [{ classification: "restricted" }] });
});

test("the fleet depends on each agent, and an agent on what it uses and hands work to; each reference is there", () => {
  const { components, services, dependencies } = bomOf(example);
  const known = ["fleet", ...[...components, ...services].map((one) => one["bom-ref"])];
  expect(new Set(known).size).toBe(known.length);
  expect(
    dependencies.flatMap(({ ref, dependsOn }) => [ref, ...dependsOn]).filter((ref) => !known.includes(ref)),
  ).toEqual([]);
  const of = (name: string) => dependencies.find(({ ref }) => ref === name)?.dependsOn;
  expect(of("fleet")).toHaveLength(example.agents.length);
  expect(of("agent:researcher")).toEqual([
    "agent:web-reader",
    "dataset:articles",
    "dataset:tickets",
    "model:claude:claude-sonnet-4-5",
    "tool:zendesk",
  ]);
});

test("its number is a UUID of version 5 that follows from what it says", () => {
  const one = inventoryOfFleet(agentOf());
  const other = inventoryOfFleet(agentOf({ purpose: "Answers other tickets" }));
  expect(inventoryCycloneDx(inventoryOfFleet(agentOf()))).toBe(inventoryCycloneDx(one));
  expect(bomOf(one).serialNumber).toMatch(
    /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  expect(bomOf(one).serialNumber).not.toBe(bomOf(other).serialNumber);
});

test("an owner or an address that is no such thing stands in a property alone", () => {
  const { components } = bomOf(hostileInventory());
  expect(components[0]).not.toHaveProperty("manufacturer");
  const [tool] = example.tools;
  const [service] = bomOf({ ...example, tools: [{ ...tool!, url: "https://a b" }] }).services;
  expect(service).not.toHaveProperty("endpoints");
  expect(service).toMatchObject({
    properties: expect.arrayContaining([{ name: "ambit:url", value: "https://a b" }]) as object,
  });
});
