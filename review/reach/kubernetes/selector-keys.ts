import { isObject, type Json } from "../../read/json";
import type { Cluster } from "./cluster";
import { block, blocks } from "./objects/values";
import { guardedKinds } from "./admission/guards";
import { STATE_LABEL } from "./labels";

/** Labels that some selector of a cluster asks for */
export interface SelectorKeys {
  readonly pods: ReadonlySet<string>;
  readonly namespaces: ReadonlySet<string>;
  /** Whether none but those that are evaluated ask for the state of an agent: registrations and network policies */
  readonly isStateEvaluated: boolean;
}

const POD_SELECTORS = ["NetworkPolicy", "ClusterSPIFFEID"];

export function selectorKeys(clusters: readonly Cluster[]): SelectorKeys {
  const pods = new Set<string>();
  const namespaces = new Set<string>();
  const objects = (kinds: readonly string[]) =>
    clusters.flatMap((cluster) => kinds.flatMap((kind) => cluster.of(kind)));
  for (const { body } of objects(guardedKinds)) collect(body, { pods, namespaces });
  for (const { body } of objects(["Service"])) {
    for (const key of Object.keys(block(block(body, "spec"), "selector"))) pods.add(key);
  }
  const isStateEvaluated = !pods.has(STATE_LABEL);
  for (const { body } of objects(POD_SELECTORS)) collect(body, { pods, namespaces });
  return { pods, namespaces, isStateEvaluated };
}

interface Found {
  readonly pods: Set<string>;
  readonly namespaces: Set<string>;
}

function collect(value: Json, found: Found): void {
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) collect(item, found);
  } else if (isObject(value)) {
    for (const [key, held] of Object.entries(value)) {
      if (key === "podSelector" || key === "objectSelector") addKeys(held, found.pods);
      else if (key === "namespaceSelector") addKeys(held, found.namespaces);
      else collect(held, found);
    }
  }
}

function addKeys(value: Json, keys: Set<string>): void {
  const selector = block({ value }, "value");
  for (const key of Object.keys(block(selector, "matchLabels"))) keys.add(key);
  for (const { key } of blocks(selector, "matchExpressions")) if (typeof key === "string") keys.add(key);
}
