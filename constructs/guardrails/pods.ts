import type { Block } from "./block";
import { manifestOf, terraformKeys } from "./private/manifest";
import { containersOf } from "./private/pod-containers";
import { podsByShape } from "./private/pods-by-shape";
import { blockOf, blocksAlong, blocksOf, type BlockBody } from "./value";
import { oncePer } from "./private/once-per";

/** The pods that a resource of Kubernetes runs. All keys are those of the Terraform provider: `service_account_name`. */
export interface PodTemplate {
  /** Path of its spec, such as `spec.template.spec` */
  readonly at: string;
  readonly metadata: BlockBody;
  readonly spec: BlockBody;
  /** All of them, the init containers first */
  readonly containers: readonly ContainerSpec[];
  /** Whether a controller adds what is left out, such as an operator to a pod that it makes: only what is written can be judged. */
  readonly isPart?: boolean;
}

export interface ContainerSpec {
  /** Such as `spec.template.spec.container[0]` */
  readonly at: string;
  readonly name: string;
  readonly spec: BlockBody;
}

/** Kinds whose spec has a pod template; a pod is one itself, a cron job has one below its job. */
const TEMPLATED = "deployment|stateful_set|daemon_set|job|replica_set|replication_controller";

/** Variables that are written into a container which is there */
const ENV = "kubernetes_env";

const OF_PROVIDER = new RegExp(`^kubernetes_(${TEMPLATED}|pod|cron_job)(?:_v\\d\\w*)?$`);

/** What a rule about pods looks at */
export const POD_TYPES: readonly (string | RegExp)[] = [OF_PROVIDER, ENV, "kubernetes_manifest"];

/** Kinds of Kubernetes itself. Others of the same name, such as Volcano's Job, are told by their group. */
const MANIFEST_KINDS: Readonly<Record<string, string>> = {
  Deployment: "deployment",
  StatefulSet: "stateful_set",
  DaemonSet: "daemon_set",
  Job: "job",
  ReplicaSet: "replica_set",
  ReplicationController: "replication_controller",
  Pod: "pod",
  CronJob: "cron_job",
};

const OWN_GROUPS = /^(?:v1|(?:apps|batch|extensions)\/.*)$/;

/** The pods of a resource, in a manifest of an unknown kind by their shape. @throws UndecidedValue where they are known at apply only */
export const podsOf: (block: Block) => readonly PodTemplate[] = oncePer(readPods);

function readPods(block: Block): readonly PodTemplate[] {
  if (block.type === ENV) return [containerOf(block.body)];
  if (block.type !== "kubernetes_manifest") {
    const kind = OF_PROVIDER.exec(block.type)?.[1];
    return kind === undefined ? [] : podsIn(kind, block.body, "");
  }
  const { kind, manifest } = manifestOf(block);
  // The schema of a definition is large, and holds no pod.
  if (kind === "CustomResourceDefinition") return [];
  const known = OWN_GROUPS.test(String(manifest["apiVersion"])) ? MANIFEST_KINDS[kind] : undefined;
  const body = terraformKeys(manifest);
  return known === undefined ? podsByShape(body, "manifest") : podsIn(known, body, "manifest.");
}

function containerOf(body: BlockBody): PodTemplate {
  const at = (body["container"] ?? null) === null ? "init_container" : "container";
  return { at, spec: {}, metadata: {}, containers: [{ at, name: String(body[at]), spec: body }], isPart: true };
}

function podsIn(kind: string, body: BlockBody, at: string): readonly PodTemplate[] {
  if (kind === "pod") return pod(body, `${at}spec`);
  const outer = kind === "cron_job" ? blocksAlong(body, ["spec", "job_template"]) : [body];
  const place = kind === "cron_job" ? `${at}spec.job_template.spec.template.spec` : `${at}spec.template.spec`;
  return outer.flatMap((each) => blocksAlong(each, ["spec", "template"])).flatMap((template) => pod(template, place));
}

function pod(body: BlockBody, at: string): readonly PodTemplate[] {
  return blocksOf(body, "spec", at).map((spec) => ({
    at,
    spec,
    metadata: blockOf(body, "metadata") ?? {},
    containers: containersOf(spec, at),
  }));
}

/** A token of a service account that a volume of a pod is filled with */
export interface ProjectedToken {
  readonly volume: string;
  readonly at: string;
  readonly body: BlockBody;
}

export function projectedTokensOf({ at, spec }: Pick<PodTemplate, "at" | "spec">): readonly ProjectedToken[] {
  const place = `${at}.volume.projected.sources`;
  return blocksOf(spec, "volume", `${at}.volume`).flatMap((volume) =>
    blocksOf(blockOf(volume, "projected", place) ?? {}, "sources", place).flatMap((source) => {
      const body = blockOf(source, "service_account_token", place);
      return body === undefined ? [] : [{ volume: String(volume["name"]), at: place, body }];
    }),
  );
}
