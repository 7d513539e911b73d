/** Parts of the example's cluster, as they are synthesized */
export type Any = any; // eslint-disable-line @typescript-eslint/no-explicit-any

export const AGENTS = [
  "build-watcher",
  "ledger-reconciler",
  "press-writer",
  "refund-clerk",
  "researcher",
  "support-triage",
  "web-reader",
];

/** The resource of a type whose name begins so */
export function one(resource: Any, type: string, name: string): Any {
  const found = Object.entries(resource[type]).filter(([key]) => key.startsWith(name));
  if (found.length !== 1)
    throw new Error(`expected one ${type}.${name}*, found ${found.map(([key]) => key).join(", ")}`);
  return (found[0] as [string, unknown])[1];
}

export const workload = (resource: Any): Any =>
  one(resource, "kubernetes_deployment_v1", "support-triage_Workload").spec.template;
export const pod = (resource: Any): Any => workload(resource).spec;
export const container = (resource: Any, index = 0): Any => pod(resource).container[index];
/** Of the companion */
export const variable = (resource: Any, called: string): Any =>
  container(resource, 1).env.find(({ name }: Any) => name === called);
export const policy = (resource: Any, agent: string): Any =>
  one(resource, "kubernetes_network_policy_v1", `${agent}_NetworkPolicy`).spec;
export const account = (resource: Any, agent: string): Any =>
  one(resource, "kubernetes_service_account_v1", `${agent}_Identity`);
export const record = (resource: Any, agent: string): Any =>
  one(resource, "kubernetes_config_map_v1_data", `${agent}_Identity_Record`);
export const admission = (resource: Any, name: string): Any =>
  one(resource, "kubernetes_manifest", `Admission_${name}_`).manifest.spec;
export const binding = (resource: Any, name: string): Any =>
  one(resource, "kubernetes_manifest", `Admission_${name}-binding_`).manifest.spec;
export const registration = (resource: Any, name: string): Any =>
  one(resource, "kubernetes_manifest", `Spire_Registration_${name}_`).manifest.spec;
export const namespaceLabels = (resource: Any, name: string): Any =>
  one(resource, "kubernetes_namespace_v1", `Namespace-${name}_`).metadata.labels;

export const drop = (resource: Any, type: string, name: string): void => {
  for (const key of Object.keys(resource[type])) if (key.startsWith(name)) delete resource[type][key];
};

export const ACTIVE = AGENTS.filter((agent) => agent !== "press-writer");
export const TRIAGE = ["support-triage"];
