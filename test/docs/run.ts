import { dirname, resolve } from "node:path";
import ts from "typescript";
import { type Block, BLOCKS, ROOT } from "./pages";
import { ENTRIES, neighbour } from "./program";

const done = new Map<Block, Readonly<Record<string, unknown>>>();

/** Run a sample, and what it imports from its own page first; returns what it exports. */
export function runBlock(block: Block): Readonly<Record<string, unknown>> {
  const before = done.get(block);
  if (before !== undefined) return before;
  const load = (specifier: string): unknown => {
    const other = neighbour(block, specifier, BLOCKS);
    if (other !== undefined) return runBlock(other);
    const path = specifier.startsWith(".") ? resolve(ROOT, dirname(block.path), specifier) : specifier;
    return jest.requireActual(ENTRIES[specifier] ?? path);
  };
  const { outputText } = ts.transpileModule(block.code, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
  });
  const exported: Record<string, unknown> = {};
  new Function("require", "exports", "module", outputText)(load, exported, { exports: exported });
  done.set(block, exported);
  return exported;
}
