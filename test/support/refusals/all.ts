import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { endedBy } from "../../../cli/refusal";

// Run by itself, so that the transpiler and the source maps are those of `npm run synth`.
const cases = readdirSync(__dirname)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => basename(file, ".ts"));
const ends = cases.filter((name) => name !== "all").map((name) => [name, endOf(name)]);
process.stdout.write(JSON.stringify(Object.fromEntries(ends)));

function endOf(name: string): string {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    require(`./${name}`);
  } catch (error) {
    return endedBy(error);
  }
  return "accepted";
}
