import { isReading } from "../dataset";
import { own } from "../own";
import type { Declarations, RegistryAction, RegistryDataset, RegistryTask, RegistryTool } from "./document";

/** `<tool>.<action>` of each that a task may call */
export function callsOf({ tools }: Pick<RegistryTask, "tools">): readonly string[] {
  return Object.entries(tools).flatMap(([tool, actions]) => actions.map((action) => `${tool}.${action}`));
}

/** `<dataset>:<kind>` of each */
export function accessesOf(data: Readonly<Record<string, readonly string[]>>): readonly string[] {
  return Object.entries(data).flatMap(([dataset, kinds]) => kinds.map((kind) => `${dataset}:${kind}`));
}

export function changes(kinds: readonly string[]): boolean {
  return kinds.some((kind) => !isReading(kind));
}

/** Whether this access may show data: a write to a table shows what it replaces. */
export function reveals({ kind }: Pick<RegistryDataset, "kind">, kinds: readonly string[]): boolean {
  return kind === "table" || kinds.some(isReading);
}

type Datasets = Pick<Declarations, "datasets">;

/** Whether what the action brings back may hold instructions of strangers: the tool's output, or data that it reads */
export function answersUntrusted(
  registry: Datasets,
  tool: Pick<RegistryTool, "untrustedOutput">,
  { touches }: Pick<RegistryAction, "touches">,
): boolean {
  if (tool.untrustedOutput) return true;
  for (const name of Object.keys(touches)) if (taints(registry, name, touches[name] ?? [])) return true;
  return false;
}

/** Whether this access may show words of strangers */
export function taints({ datasets }: Datasets, name: string, kinds: readonly string[]): boolean {
  const dataset = own(datasets, name);
  return dataset?.untrusted === true && reveals(dataset, kinds);
}
