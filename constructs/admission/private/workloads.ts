import { LABELS } from "../../platform/names";
import type { Operation, ResourceRule, Selector } from "./policy";

/** Labels that Ambit gives a meaning begin with this. */
export const PREFIX = "ambit.internal/";

const inAnyOf = (...kinds: readonly string[]): Selector => ({
  matchExpressions: [{ key: LABELS.namespace, operator: "In", values: kinds }],
});

export const AGENT_NAMESPACES = inAnyOf("agents");
export const PLATFORM_NAMESPACES = inAnyOf("platform");
export const AMBIT_NAMESPACES = inAnyOf("agents", "platform");

/** Every namespace but these: the API server holds this label to the namespace's name, and takes no empty list. */
export function outside(names: readonly string[]): { readonly namespaces?: Selector } {
  if (names.length === 0) return {};
  return {
    namespaces: { matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "NotIn", values: names }] },
  };
}

/** Whether the request is about a namespace of the platform */
export const IN_PLATFORM = {
  inPlatform: `namespaceObject.metadata.?labels[?"${LABELS.namespace}"].orValue("") == "platform"`,
};

/** Everything from which a controller of Kubernetes makes pods */
export function templates(...operations: readonly Operation[]): readonly ResourceRule[] {
  return [
    { apiGroups: [""], resources: ["replicationcontrollers", "podtemplates"], operations },
    { apiGroups: ["apps"], resources: ["deployments", "replicasets", "statefulsets", "daemonsets"], operations },
    { apiGroups: ["batch"], resources: ["jobs", "cronjobs"], operations },
  ];
}

export function pods(...operations: readonly Operation[]): ResourceRule {
  return { apiGroups: [""], resources: ["pods"], operations };
}

/** Pods are checked when they are made, templates also when they change: what a pod may change later is little. */
export const NEW_PODS: readonly ResourceRule[] = [pods("CREATE"), ...templates("CREATE", "UPDATE")];

/**
 * The pod, or the template, of `object` or `oldObject`.
 *
 * `dyn`: the kinds differ, and a field that one of them lacks is no error.
 */
function podOf(object: "object" | "oldObject"): string {
  const at = (path: string): string => `dyn(${object}).${path}`;
  const template = `${at("?spec.?jobTemplate.?spec.?template")}.or(${at("?spec.?template")}).or(${at("?template")})`;
  return `${template}.orValue(dyn(${object}))`;
}

/** Controllers count, scale and finalize what was admitted before: only a template that changed is judged again. */
export const TEMPLATE_CHANGED = {
  "the-template-changed": `request.operation == "CREATE" || ${podOf("object")} != ${podOf("oldObject")}`,
};

/**
 * `pod` (or template), its `labels`, those of them that are Ambit's, its `spec`, its service `account`.
 *
 * An optional kept in a variable is read as empty (Kubernetes 1.34): each ends in `orValue`.
 */
export const POD_VARIABLES = {
  pod: podOf("object"),
  labels: "variables.pod.?metadata.?labels.orValue({})",
  ambitLabels: `variables.labels.filter(key, key.startsWith("${PREFIX}"))`,
  spec: "variables.pod.?spec.orValue({})",
  // The API server writes it into pods, not into templates.
  account: `variables.spec.?serviceAccountName.orValue("") == "" ? "default" : variables.spec.serviceAccountName`,
};

/** Containers of every sort of `variables.spec` */
export const CONTAINERS = ["containers", "initContainers", "ephemeralContainers"]
  .map((sort) => `variables.spec.?${sort}.orValue([])`)
  .join(" + ");
