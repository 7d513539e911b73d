import { isObject, type Json, type JsonObject } from "../../../read/json";
import { ofBody } from "../objects/of-body";
import { blocks } from "../objects/values";
import type { Workload } from "../workload";

const REFERENCES = ["configMap", "configMapKeyRef", "configMapRef"];

/** Config maps that pods read, as `<namespace>/<name>` */
export function configMapsOf({ namespace, spec }: Workload): readonly string[] {
  return namesIn(spec).map((name) => `${namespace}/${name}`);
}

const namesIn = ofBody((spec): readonly string[] => {
  const names = new Set<string>();
  collect(spec, names);
  return [...names];
});

function collect(value: Json, names: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) collect(item, names);
  } else if (isObject(value)) {
    for (const [key, held] of Object.entries(value)) {
      if (REFERENCES.includes(key)) addNames(blocks(value, key), names);
      collect(held, names);
    }
  }
}

function addNames(references: readonly JsonObject[], names: Set<string>): void {
  for (const { name } of references) if (typeof name === "string") names.add(name);
}
