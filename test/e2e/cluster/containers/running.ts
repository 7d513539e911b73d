import { synthesize } from "../../../support/example-app";
import type { KubeObject } from "../../spire/kube-client";
import { renderedObjects } from "../../spire/objects";
import type { OneNode } from "../one-node";
import { CONTAINERD_SOCKET } from "../settings";

const STACKS = ["foundation", "spire", "control", "agents"] as const;

type Labels = Readonly<Record<string, string>>;

export interface RenderedContainer {
  readonly name: string;
  readonly resources: {
    readonly limits: Readonly<Record<string, string>>;
    readonly requests: Readonly<Record<string, string>>;
  };
  readonly volumeMounts?: readonly { readonly mountPath: string; readonly readOnly?: boolean }[];
}

export interface RenderedPod {
  readonly automountServiceAccountToken: boolean;
  readonly priorityClassName?: string;
  readonly securityContext: { readonly runAsUser: number; readonly runAsGroup: number };
  readonly containers: readonly RenderedContainer[];
}

/** A container that runs, and what was rendered for it */
export interface RunningContainer {
  /** As it is told: namespace, pod's kind and container */
  readonly called: string;
  readonly in: { readonly name: string; readonly namespace: string };
  readonly pod: RenderedPod;
  readonly container: RenderedContainer;
  /** That it has here: those that are rendered, but for what stands in for another program */
  readonly limits: Readonly<Record<string, string>>;
  readonly priority: number;
  readonly restarts: number;
  /** As the node counts */
  readonly pid: number;
}

/**
 * Every container of the pods that are rendered and run
 *
 * @param more workloads that the example does not render @default none
 */
export async function runningContainers(
  on: OneNode,
  more: readonly KubeObject[] = [],
): Promise<readonly RunningContainer[]> {
  const [pods, pids] = await Promise.all([on.client("administrator").list("v1", "Pod"), pidsByContainer(on)]);
  return templates(more).flatMap(({ name, namespace, labels, spec }) =>
    pods.filter((pod) => isOf(pod, namespace, labels)).flatMap((pod) => containersOf(pod, name, spec, pids)),
  );
}

function containersOf(
  { spec, status, metadata }: KubeObject,
  name: string,
  rendered: RenderedPod,
  pids: ReadonlyMap<string, number>,
): readonly RunningContainer[] {
  const { priority = 0, containers } = spec as {
    readonly priority?: number;
    readonly containers: readonly RenderedContainer[];
  };
  const { containerStatuses = [] } = status as { readonly containerStatuses?: readonly ContainerStatus[] };
  return containerStatuses.flatMap(({ name: own, containerID = "", restartCount: restarts }) => {
    const [container, here] = [rendered.containers, containers].map((all) => all.find(({ name }) => name === own));
    const pid = pids.get(containerID.replace("containerd://", ""));
    if (container === undefined || here === undefined || pid === undefined)
      throw new Error(`${metadata.name} has no process of ${own}`);
    const { limits } = here.resources;
    const { namespace = "" } = metadata;
    const called = `${namespace}/${name} ${own}`;
    return [
      { called, in: { name: metadata.name, namespace }, pod: rendered, container, limits, priority, restarts, pid },
    ];
  });
}

interface ContainerStatus {
  readonly name: string;
  readonly containerID?: string;
  readonly restartCount: number;
}

interface Template {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly spec: RenderedPod;
}

function templates(more: readonly KubeObject[]): readonly Template[] {
  const objects = renderedObjects(synthesize(), STACKS).map(({ object }) => object);
  return [...objects, ...more].flatMap((object) => {
    const { template } = (object.spec ?? {}) as {
      readonly template?: { readonly metadata: { readonly labels: Labels }; readonly spec: RenderedPod };
    };
    if (template === undefined) return [];
    const { name, namespace = "" } = object.metadata;
    return [{ name, namespace, labels: template.metadata.labels, spec: template.spec }];
  });
}

/** Pods of tests that borrow labels have a container of another name, and no owner. */
function isOf({ metadata }: KubeObject, namespace: string, labels: Labels): boolean {
  const own = (metadata.labels ?? {}) as Labels;
  const owned = metadata.ownerReferences !== undefined && metadata.deletionTimestamp === undefined;
  return (
    owned && metadata.namespace === namespace && Object.entries(labels).every(([key, value]) => own[key] === value)
  );
}

async function pidsByContainer(on: OneNode): Promise<ReadonlyMap<string, number>> {
  const args = ["--address", CONTAINERD_SOCKET, "--namespace", "k8s.io", "tasks", "list"];
  const { code, stdout, tail } = await on.namespaces.run("ctr", args);
  if (code !== 0) throw new Error(`containerd lists no tasks: ${tail}`);
  const lines = stdout.split("\n").map((line) => line.split(/\s+/) as [string, string]);
  return new Map(lines.map(([id, pid]) => [id, Number(pid)]));
}
