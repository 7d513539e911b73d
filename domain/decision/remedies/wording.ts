import type { SensitivityName } from "../../sensitivity";

const SENSITIVITIES: readonly SensitivityName[] = ["public", "internal", "confidential", "restricted"];
/** Of data that no declaration names */
const UNKNOWN_RANK = SENSITIVITIES.length - 1;
const MOST_LISTED = 12;

export function rankOf(name: SensitivityName): number {
  return SENSITIVITIES.indexOf(name);
}

export function sensitivityOf(rank: number): SensitivityName {
  return SENSITIVITIES[rank] ?? (SENSITIVITIES[UNKNOWN_RANK] as SensitivityName);
}

/** `a, b, c`, or `none` */
export function listed(names: Iterable<string>): string {
  const all = [...names].sort();
  if (all.length === 0) return "none";
  const more = all.length - MOST_LISTED;
  return more > 0 ? `${all.slice(0, MOST_LISTED).join(", ")} and ${more} more` : all.join(", ");
}

/** As the value of a tool or a dataset is called in the source, by convention: `pull-requests` is `pullRequests` */
export function variable(name: string): string {
  return name.replace(/-+(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** As the class of an agent is called in the source, by convention: `web-reader` is `WebReader` */
export function className(name: string): string {
  return variable(`-${name}`);
}

/** `zendesk.allow("read", "comment")` */
export function allow(tool: string, actions: readonly string[]): string {
  return `${variable(tool)}.allow(${actions.map((action) => JSON.stringify(action)).join(", ")})`;
}

/** `tickets.readWrite()`, or `logs.list(), logs.read()` */
export function access(dataset: string, kinds: readonly string[]): string {
  const both = kinds.includes("read") && kinds.includes("write");
  const methods = both ? ["readWrite", ...kinds.filter((kind) => kind !== "read" && kind !== "write")] : kinds;
  return methods.map((method) => `${variable(dataset)}.${method}()`).join(", ");
}

/** `2026-12-01T12:00:00Z` */
export function instant(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000", "");
}

/** `2026-12-01` */
export function day(seconds: number): string {
  return instant(seconds).split("T")[0] as string;
}

/** `15 min`, `1 min 30 s`, `8 h` */
export function duration(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3_600), "h"],
    [Math.floor((seconds % 3_600) / 60), "min"],
    [seconds % 60, "s"],
  ] as const;
  const some = parts.filter(([count]) => count > 0);
  return some.length === 0 ? "0 s" : some.map(([count, unit]) => `${count} ${unit}`).join(" ");
}

/** `<dataset>:<kind>`: the kind is what follows the last colon, and may be missing */
export function datasetAndKind(key: string): readonly [dataset: string, kind: string] {
  const colon = key.lastIndexOf(":");
  return colon < 0 ? [key, ""] : [key.slice(0, colon), key.slice(colon + 1)];
}

export function isWrite(key: string): boolean {
  return ["write", "delete"].includes(datasetAndKind(key)[1]);
}

/** Kinds by dataset, both in one order */
export function byDataset(keys: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const key of [...keys].sort()) {
    const [dataset, kind] = datasetAndKind(key);
    found.set(dataset, [...(found.get(dataset) ?? []), kind]);
  }
  return found;
}
