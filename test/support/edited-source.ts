import fs from "node:fs";
import { resolve } from "node:path";

/**
 * Loaded before a program (`node -r`), so that it runs other text than its files hold: `AMBIT_TEST_EDITS` is a JSON object from
 * path to pairs of text and replacement. Paths and lines stay those of the files.
 */
type Edits = readonly (readonly [text: string, replacement: string])[];
const given = Object.entries(JSON.parse(process.env.AMBIT_TEST_EDITS ?? "{}") as Record<string, Edits>);
const edits = new Map(given.map(([file, pairs]) => [resolve(file), pairs]));
const read = fs.readFileSync;

// The loader of modules reads by this function.
fs.readFileSync = ((file: Parameters<typeof read>[0], options?: Parameters<typeof read>[1]) => {
  const content = read(file, options);
  const pairs = typeof file === "string" && typeof content === "string" ? edits.get(file) : undefined;
  return (pairs ?? []).reduce<unknown>((text, [from, to]) => replaced(text as string, from, to), content);
}) as typeof read;

function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`nothing to edit: ${from}`);
  return text.replace(from, to);
}
