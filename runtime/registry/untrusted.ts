import { type CallFacts, isDelegateTool, isProtocolAction, own } from "../../domain";
import { accessesOf } from "../../domain/registry/entries";
import type { ExchangeRegistry } from "./registry-schema";

/** Datasets of a registry */
type Datasets = ExchangeRegistry["datasets"];

/**
 * Whether what the call brings back may hold instructions of strangers; of what is not declared it may. What a delegate answers tells by its
 * session, part by part, as it comes.
 */
export function answersUntrusted(
  { tools, datasets }: Pick<ExchangeRegistry, "datasets" | "tools">,
  { tool: name, action, data }: Pick<CallFacts, "action" | "data" | "tool">,
): boolean {
  if (isDelegateTool(name)) return false;
  const tool = own(tools, name);
  const touches = isProtocolAction(action) ? {} : own(tool?.actions, action)?.touches;
  if (tool === undefined || touches === undefined || tool.untrustedOutput) return true;
  return [...data, ...accessesOf(touches)].some((key) => {
    const colon = key.lastIndexOf(":");
    const [dataset, kind] = colon < 0 ? [key, ""] : [key.slice(0, colon), key.slice(colon + 1)];
    return kind !== "write" && kind !== "delete" && isUntrusted(datasets, dataset);
  });
}

/** Whether AWS credentials of a task with this data may show untrusted data. A write to a table shows the old item. */
export function awsReadsUntrusted(datasets: Datasets, data: Readonly<Record<string, readonly string[]>>): boolean {
  return Object.entries(data).some(([name, kinds]) => {
    const kind = own(datasets, name)?.kind;
    const reveals = kind === "table" || kinds.some((one) => one !== "write" && one !== "delete");
    return kind !== "external" && reveals && isUntrusted(datasets, name);
  });
}

/** Whether AWS credentials of a task with this data may write what its readers take for trusted; what is not declared is. */
export function awsWritesTrusted(datasets: Datasets, data: Readonly<Record<string, readonly string[]>>): boolean {
  return Object.entries(data).some(([name, kinds]) => {
    const dataset = own(datasets, name);
    const writes = kinds.some((one) => one === "write" || one === "delete");
    return dataset?.kind !== "external" && writes && dataset?.untrusted !== true;
  });
}

function isUntrusted(datasets: Datasets, name: string): boolean {
  const dataset = own(datasets, name);
  return dataset === undefined || dataset.untrusted === true;
}
