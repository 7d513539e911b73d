import { StackJson } from "../../../constructs/guardrails/stack";
import type { BlockBody } from "../../../constructs/guardrails/value";
import { acknowledgementsIn } from "../../../domain/written-acknowledgements";
import { inventoryOf } from "../../../governance/inventory/inventory-of";
import { readOutput } from "../../../governance/inventory/output";
import { inventoryCsv } from "../../../governance/inventory/report/inventory-csv";
import { inventoryCycloneDx } from "../../../governance/inventory/report/inventory-cyclonedx";
import { inventoryJson } from "../../../governance/inventory/report/inventory-json";
import { inventoryMarkdown } from "../../../governance/inventory/report/inventory-markdown";
import { inventoryPage } from "../../../governance/inventory/report/inventory-page";
import { inventoryText } from "../../../governance/inventory/report/inventory-text";
import { scratch } from "../../support/cli";
import { synthesize } from "../../support/example-app";
import { ACKNOWLEDGED } from "../../support/inventory/outputs";
import { filesOf } from "../../support/review/folders";

const { hash, ...rest } = ACKNOWLEDGED;
/** Acknowledged by the owner of this name, by which it is found in a report */
const body = (owner: string, more: object = {}): object => ({
  "//": { acknowledged: { [hash]: { ...rest, owner: `${owner}@acme.example` } } },
  ...more,
});

/** A block of each kind, by its address as guardrails write it */
const BLOCKS: Readonly<Record<string, (owner: string) => object>> = {
  "aws_db_instance.one": (owner) => ({ resource: { aws_db_instance: { one: body(owner) } } }),
  "aws_db_instance.listed": (owner) => ({ resource: [{ aws_db_instance: { listed: body(owner) } }] }),
  "aws_db_instance.typed": (owner) => ({ resource: { aws_db_instance: [{ typed: body(owner) }] } }),
  "aws_db_instance.repeated": (owner) => ({ resource: { aws_db_instance: { repeated: [body(owner)] } } }),
  "data.external.read": (owner) => ({ data: { external: { read: body(owner) } } }),
  "data.http.checked": (owner) => ({ check: { ready: { data: { http: { checked: body(owner) } } } } }),
  "ephemeral.aws_ssm_parameter.short": (owner) => ({ ephemeral: { aws_ssm_parameter: { short: body(owner) } } }),
  "action.aws_lambda_invoke.call": (owner) => ({ action: { aws_lambda_invoke: { call: body(owner) } } }),
  "provider.aws": (owner) => ({ provider: { aws: [body(owner)] } }),
  "output.leak": (owner) => ({ output: { leak: body(owner) } }),
  "variable.given": (owner) => ({ variable: { given: body(owner) } }),
  "module.vendor": (owner) => ({ module: { vendor: body(owner) } }),
  "backend.s3": (owner) => ({ terraform: { backend: { s3: body(owner) } } }),
  "backend.cloud": (owner) => ({ terraform: { cloud: body(owner) } }),
  terraform: (owner) => ({ terraform: body(owner) }),
  "removed.aws_db_instance.gone": (owner) => ({ removed: [body(owner, { from: "${aws_db_instance.gone}" })] }),
  unheard_of: (owner) => ({ unheard_of: body(owner) }),
};
const names = Object.keys(BLOCKS);
const ownerOf = (address: string): string => `owner-${names.indexOf(address)}`;

const folder = scratch("acknowledged-blocks");
for (const [file, content] of Object.entries(filesOf(synthesize()))) folder.put(file, content);
const stacks = names.map((address, index) => {
  const json = BLOCKS[address]?.(ownerOf(address)) as BlockBody;
  folder.put(`stacks/added-${index}/cdk.tf.json`, JSON.stringify(json));
  return { name: `added-${index}`, address, json };
});
const manifest = JSON.parse(String(filesOf(synthesize())["manifest.json"])) as { readonly stacks: object };
const added = stacks.map(({ name }) => [name, { name, synthesizedStackPath: `stacks/${name}/cdk.tf.json` }]);
folder.put(
  "manifest.json",
  JSON.stringify({ ...manifest, stacks: { ...manifest.stacks, ...(Object.fromEntries(added) as object) } }),
);
const inventory = inventoryOf(readOutput(folder.path));

test("an acknowledgement is listed at each kind of block that guardrails judge, by the same address", () => {
  const judged = stacks.flatMap(({ name, json }) =>
    StackJson.of(name, json).blocks.flatMap(({ address, comment }) =>
      acknowledgementsIn(comment).map(({ owner }) => [`${name}/${address}`, owner]),
    ),
  );
  expect(judged).toEqual(stacks.map(({ name, address }) => [`${name}/${address}`, `${ownerOf(address)}@acme.example`]));
  expect(inventory.acknowledged.map(({ at, owner }) => [at, owner]).sort()).toEqual(judged.sort());
});

const same = (text: string): string => text;
const paint = { bold: same, dim: same, green: same, red: same, yellow: same };
const FORMATS: Readonly<Record<string, string>> = {
  table: inventoryText(inventory, { columns: 10_000, paint }),
  JSON: inventoryJson(inventory),
  CSV: inventoryCsv(inventory),
  HTML: inventoryPage(inventory),
  Markdown: inventoryMarkdown(inventory),
  CycloneDX: inventoryCycloneDx(inventory),
};

test.each(Object.entries(FORMATS))("each of them appears as %s, with its place and owner", (_, text) => {
  for (const { name, address } of stacks) {
    expect(text).toContain(`${name}/${address}`);
    expect(text).toMatch(new RegExp(`\\b${ownerOf(address)}@acme\\.example`));
  }
});

test("in CSV, each stands in a line of its own that names no agent", () => {
  const lines = (FORMATS["CSV"] as string).split("\r\n");
  const own = lines.filter((line) => line.startsWith(","));
  expect(own).toHaveLength(stacks.length);
  expect(lines).toHaveLength(1 + inventory.agents.length + stacks.length + 1);
});

test("resources that are written as lists are counted too", () => {
  const counted = readOutput(folder.path).resources.get("") ?? 0;
  expect(counted).toBe(stacks.filter(({ address }) => address.startsWith("aws_db_instance.")).length);
});
