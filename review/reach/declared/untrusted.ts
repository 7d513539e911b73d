import { own } from "../../../domain";
import { isReading } from "../../../domain/dataset";
import type { Registry, RegistryAction, RegistryTool } from "./registry";

/** Whether what the action brings back may hold instructions of strangers: the tool's output, or data that it reads */
export function answersUntrusted(registry: Registry, tool: RegistryTool, { touches }: RegistryAction): boolean {
  return tool.untrustedOutput || Object.entries(touches).some(([name, kinds]) => taints(registry, name, kinds));
}

/** Whether this access may show words of strangers. A write to a table shows what it replaces. */
export function taints({ datasets }: Registry, name: string, kinds: readonly string[]): boolean {
  const dataset = own(datasets, name);
  return dataset?.untrusted === true && (dataset.kind === "table" || kinds.some(isReading));
}
