/** Of Ambit's own Rego, what is mounted beside OPA: who may ask must not depend on what is downloaded */
export const BESIDE_BUNDLE = "authz.rego";

const TEST = /_test\.rego$/;
/** Of it the set `deny` is read, and of no package below it */
const CUSTOM = /^package ambit\.custom\s*$/;

/** What a bundle may hold of a folder: tests are never deployed */
export function isRule(file: string): boolean {
  return file.endsWith(".rego") && !TEST.test(file);
}

/**
 * Why Rego is not the platform's own; undefined if it is. A file of another package could override Ambit's rules, and
 * the results of a package below would never be read.
 */
export function foreignPackage(source: string): { readonly line: number; readonly what: string } | undefined {
  const lines = source.split(/\r?\n/);
  const at = lines.findIndex((line) => line.trim() !== "" && !line.trimStart().startsWith("#"));
  const first = lines[at] ?? "";
  if (CUSTOM.test(first)) return undefined;
  return { line: Math.max(at, 0) + 1, what: `must begin with "package ambit.custom", got ${JSON.stringify(first)}` };
}
