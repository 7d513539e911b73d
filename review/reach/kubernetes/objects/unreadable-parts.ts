import { isObject, type Json, type JsonObject } from "../../../read/json";
import type { Resource } from "../../../read/resource";
import { canonical, isOpaque } from "./values";

/** Objects and lists of the Kubernetes API: an expression in their place may stand for anything. */
const STRUCTURES: ReadonlySet<string> = new Set([
  "affinity",
  "aggregationRule",
  "annotations",
  "apiGroups",
  "capabilities",
  "clusterRoleSelectors",
  "configMap",
  "containers",
  "csi",
  "data",
  "egress",
  "env",
  "envFrom",
  "ephemeralContainers",
  "from",
  "hostPath",
  "ingress",
  "initContainers",
  "ipBlock",
  "jobTemplate",
  "labels",
  "manifest",
  "matchConditions",
  "matchConstraints",
  "matchExpressions",
  "matchLabels",
  "metadata",
  "namespaceSelector",
  "objectSelector",
  "podSelector",
  "policyTypes",
  "ports",
  "projected",
  "roleRef",
  "rules",
  "secret",
  "securityContext",
  "selector",
  "sources",
  "spec",
  "subjects",
  "template",
  "to",
  "validationActions",
  "validations",
  "valueFrom",
  "variables",
  "volumeMounts",
  "volumes",
  "webhooks",
]);

/** Blocks that Terraform makes from a list, which is unknown here */
const DYNAMIC = "dynamic";

/** `count` and `for_each`, dynamic blocks, and expressions in place of a block or a list */
export function unreadableParts(resource: Resource, body: JsonObject): readonly string[] {
  const parts: string[] = [];
  if (resource.repeats !== undefined) {
    parts.push(`${resource.repeats} = ${canonical(resource.values[resource.repeats])}`);
  }
  visit(body, "", parts);
  return parts;
}

function visit(value: Json, path: string, parts: string[]): void {
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) visit(item, path, parts);
  } else if (isObject(value)) {
    for (const [key, held] of Object.entries(value)) {
      const place = path === "" ? key : `${path}.${key}`;
      if (key === DYNAMIC || isExpressionFor(key, held)) parts.push(`${place} = ${canonical(held)}`);
      else visit(held, place, parts);
    }
  }
}

function isExpressionFor(key: string, held: Json): boolean {
  if (!STRUCTURES.has(key)) return false;
  if (typeof held === "string") return isOpaque(held);
  return Array.isArray(held) && !TEXT_LISTS.has(key) && held.some((item) => typeof item === "string" && isOpaque(item));
}

const TEXT_LISTS: ReadonlySet<string> = new Set(["apiGroups", "policyTypes", "validationActions"]);
