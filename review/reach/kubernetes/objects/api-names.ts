import { isObject, type Json, type JsonObject } from "../../../read/json";

/** Provider names that differ from the Kubernetes API in more than case */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ["host_pid", "hostPID"],
  ["host_ipc", "hostIPC"],
  ["host_ip", "hostIP"],
  ["cluster_ip", "clusterIP"],
  ["non_resource_urls", "nonResourceURLs"],
  ["downward_api", "downwardAPI"],
  ["container", "containers"],
  ["init_container", "initContainers"],
  ["volume", "volumes"],
  ["volume_mount", "volumeMounts"],
  ["volume_device", "volumeDevices"],
  ["rule", "rules"],
  ["subject", "subjects"],
  ["toleration", "tolerations"],
  ["sysctl", "sysctls"],
  ["webhook", "webhooks"],
  ["topology_spread_constraint", "topologySpreadConstraints"],
  ["readiness_gate", "readinessGates"],
  ["image_pull_secret", "imagePullSecrets"],
]);

/** Maps whose keys are the user's, not the provider's */
const MAPS: ReadonlySet<string> = new Set([
  "annotations",
  "binary_data",
  "data",
  "immutable",
  "labels",
  "limits",
  "match_labels",
  "node_selector",
  "requests",
  "volume_attributes",
]);

/** A memo of names: resources repeat a few hundred of them. */
const KNOWN = new Map<string, string>();
const MOST_KNOWN = 10_000;

/** Arguments of a typed resource with the names of the Kubernetes API */
export function withApiNames(value: JsonObject): JsonObject {
  const entries = Object.entries(value).map(([key, held]): [string, Json] => [
    apiName(key, held),
    MAPS.has(key) ? held : renamed(held),
  ]);
  return Object.fromEntries(entries);
}

function renamed(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(renamed);
  return isObject(value) ? withApiNames(value) : value;
}

function apiName(key: string, held: Json): string {
  // A container's ports are blocks, the port of a rule is a number.
  if (key === "port" && typeof held === "object") return "ports";
  const known = KNOWN.get(key);
  if (known !== undefined) return known;
  const name = RENAMED.get(key) ?? key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  if (KNOWN.size < MOST_KNOWN) KNOWN.set(key, name);
  return name;
}
