import "../../../../cli/engine";
import { inventoryOf } from "../../../../governance/inventory/inventory-of";
import { readOutput } from "../../../../governance/inventory/output";
import { inventoryCsv } from "../../../../governance/inventory/report/inventory-csv";
import { inventoryCycloneDx } from "../../../../governance/inventory/report/inventory-cyclonedx";
import { inventoryJson } from "../../../../governance/inventory/report/inventory-json";
import { inventoryMarkdown } from "../../../../governance/inventory/report/inventory-markdown";
import { inventoryPage } from "../../../../governance/inventory/report/inventory-page";
import { Stopwatch } from "../../stopwatch";

/** Run by the bench in a process of its own, as `ambit` sets the engine: reads a folder, lists what it has, and writes each format. */
const [folder] = process.argv.slice(2) as [string];
const watch = new Stopwatch();
const output = readOutput(folder);
watch.lap("read");
const inventory = inventoryOf(output);
watch.lap("list");
watch.readPeak();
const FORMATS = {
  json: inventoryJson,
  csv: inventoryCsv,
  markdown: inventoryMarkdown,
  page: inventoryPage,
  cyclonedx: inventoryCycloneDx,
} as const;
for (const [format, write] of Object.entries(FORMATS)) {
  if (write(inventory).length === 0) throw new Error(`${format} is empty`);
  watch.lap(format);
}
process.stdout.write(JSON.stringify({ ...watch.measures, agents: inventory.agents.length }));
