import { relative } from "node:path";
import { createTransformer } from "@swc/jest";
import type { Mutant } from "./mutant";
import { readMutants, ROOT } from "./mutant";
import { withSwitches } from "./schemata";

const swc = createTransformer() as ReturnType<typeof createTransformer> & {
  readonly process: (...args: readonly unknown[]) => unknown;
  readonly getCacheKey: (...args: readonly unknown[]) => string;
};

const mutantsOf = new Map<string, Mutant[]>();
for (const mutant of readMutants()) mutantsOf.set(mutant.file, [...(mutantsOf.get(mutant.file) ?? []), mutant]);

function switched(text: string, path: string): string {
  const mutants = mutantsOf.get(relative(ROOT, path).split("\\").join("/"));
  return mutants === undefined ? text : withSwitches(text, mutants);
}

// What jest and swc do, of sources with every mutant in them
const transformer = {
  process: (text: string, path: string, options: unknown) => swc.process(switched(text, path), path, options),
  getCacheKey: (text: string, path: string, options: unknown) => swc.getCacheKey(switched(text, path), path, options),
};

export default transformer;
