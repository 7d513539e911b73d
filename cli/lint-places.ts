import { join, relative, resolve, sep } from "node:path";
import { keyLines, STEP } from "../governance/lint/key-lines";
import type { SourcePlace } from "../governance/lint/lint-sarif";
import { REGISTRY } from "../governance/registry";
import { layoutOf } from "../review/read/configuration/layout";
import { Folder } from "../review/read/folder/folder";

/** Where the blocks of a folder stand: file and line, by stack and address as guardrails write it */
export function placesIn(folder: string): (stack: string, address: string) => SourcePlace {
  const files = new Folder(folder);
  const stacks = new Map(layoutOf(files).stacks.map(({ name, configuration }) => [name, configuration]));
  const known = new Map<string, ReadonlyMap<string, number>>();
  const linesIn = (file: string): ReadonlyMap<string, number> => {
    const lines = known.get(file) ?? keyLines(files.bytes(file).toString());
    known.set(file, lines);
    return lines;
  };
  return (stack, address) => {
    const [first = "", ...others] = stacks.get(stack) ?? [REGISTRY];
    if (stack === "") return { file: fromRoot(folder, first), line: 1 };
    for (const file of [first, ...others]) {
      const line = lineOf(address, linesIn(file));
      if (line !== undefined) return { file: fromRoot(folder, file), line };
    }
    return { file: fromRoot(folder, first), line: 1 };
  };
}

/** Code scanning reads paths from the root of the repository, in which lint is called. Outside of it they stay as they are named. */
function fromRoot(folder: string, file: string): string {
  const within = relative(process.cwd(), resolve(folder, file));
  return (within.startsWith("..") ? join(folder, file) : within).split(sep).join("/");
}

/** What a block of these kinds is named by begins with the kind; the others are resources. */
const SECTIONS = new Set([
  ...["action", "data", "ephemeral", "locals", "module", "output", "provider", "removed", "terraform", "variable"],
]);

function lineOf(address: string, lines: ReadonlyMap<string, number>): number | undefined {
  const [kind = "", ...labels] = address.split(".");
  const path = kind === "backend" ? ["terraform", kind, ...labels] : [kind, ...labels];
  const isResource = labels.length > 0 && !SECTIONS.has(path[0] as string);
  const line = lines.get((isResource ? ["resource", ...path] : path).join(STEP));
  if (line !== undefined) return line;
  // What is removed is named within its block, HCP Terraform is a backend too, and a check holds data sources of its own.
  if (kind === "removed" || kind === "backend") return lines.get(kind === "removed" ? kind : "terraform");
  const within = [...lines].find(([key]) => key.startsWith(`check${STEP}`) && key.endsWith(STEP + path.join(STEP)));
  return within?.[1];
}
