import { type JsonObject, type Json, member } from "../../read/json";
import type { KubernetesObject } from "./objects/object";
import { block, text, textMap, blocks } from "./objects/values";

/** A resource that runs pods */
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

export interface Container {
  readonly name: string;
  /** For a reader, such as `container "agent"` */
  readonly title: string;
  readonly body: JsonObject;
  readonly workload: Workload;
}

const LISTS = [
  ["containers", "container"],
  ["initContainers", "init container"],
  ["ephemeralContainers", "ephemeral container"],
] as const;

export function containersOf(workload: Workload): readonly Container[] {
  return LISTS.flatMap(([key, kind]) =>
    blocks(workload.spec, key).map((body) => {
      const name = text(body, "name") ?? "";
      return { name, title: `${kind} ${JSON.stringify(name)}`, body, workload };
    }),
  );
}

/** A field of its security context, otherwise of its pod's */
export function securityField({ body, workload }: Container, key: string): Json | undefined {
  const own = block(body, "securityContext");
  const written = member(own, key);
  if (written !== undefined && written !== null) return written;
  // The provider writes `runAsNonRoot: false` into a container's context if the argument is left out.
  const isWrittenFalse = key === "runAsNonRoot" && workload.object.isTyped && Object.keys(own).length > 0;
  return isWrittenFalse ? false : member(block(workload.spec, "securityContext"), key);
}
