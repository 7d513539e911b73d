import type { JsonObject } from "../../read/json";
import type { KubernetesObject } from "./objects/object";
import { block, text, textMap } from "./objects/values";

/** Something that runs pods */
export interface Workload {
  readonly object: KubernetesObject;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
  readonly spec: JsonObject;
}

const WITH_TEMPLATE: ReadonlySet<string> = new Set([
  "DaemonSet",
  "Deployment",
  "Job",
  "ReplicaSet",
  "ReplicationController",
  "StatefulSet",
]);

export function isWorkload({ kind }: KubernetesObject): boolean {
  return kind === "Pod" || kind === "CronJob" || kind === "PodTemplate" || WITH_TEMPLATE.has(kind);
}

export function workloadOf(object: KubernetesObject): Workload {
  const template = templateOf(object);
  const spec = block(template, "spec");
  const metadata = block(template, "metadata");
  return {
    object,
    namespace: object.namespace,
    serviceAccount: text(spec, "serviceAccountName") || text(spec, "serviceAccount") || "default",
    labels: textMap(metadata, "labels"),
    annotations: textMap(metadata, "annotations"),
    spec,
  };
}

function templateOf({ kind, body }: KubernetesObject): JsonObject {
  if (kind === "Pod") return body;
  if (kind === "PodTemplate") return block(body, "template");
  const spec = block(body, "spec");
  return kind === "CronJob" ? block(block(block(spec, "jobTemplate"), "spec"), "template") : block(spec, "template");
}
