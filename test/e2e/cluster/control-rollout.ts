import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../harness/until";
import type { KubeObject } from "../spire/kube-client";
import { isReady, type OneNode } from "./one-node";
import { register } from "./registrar";

const SECONDS = 300;
const PAUSE_MILLISECONDS = 3_000;
const LOOK_MILLISECONDS = 500;
export const SYSTEM = "ambit-system";
const MERGE = "application/merge-patch+json";

/** Pods of a part of the control plane, those that end included */
export async function podsOfPart(on: OneNode, name: string): Promise<readonly KubeObject[]> {
  const pods = await on.client("administrator").list("v1", "Pod", SYSTEM);
  return pods.filter(
    ({ metadata }) => (metadata.labels as Readonly<Record<string, string>>)["app.kubernetes.io/name"] === name,
  );
}

/** As `kubectl rollout restart` does it */
export async function restart(on: OneNode, name: string): Promise<void> {
  const annotations = { "kubectl.kubernetes.io/restartedAt": new Date().toISOString() };
  const body = { spec: { template: { metadata: { annotations } } } };
  await on.client("deployer").send("PATCH", pathOf(name), body, MERGE);
}

/**
 * Do something while new pods get their entries, in place of the controller manager, which watches.
 *
 * @param isPatient whether SPIRE's server may be away meanwhile @default false
 */
export async function whileRegistering<T>(on: OneNode, act: () => Promise<T>, isPatient = false): Promise<T> {
  const over = new AbortController();
  const registering = (async () => {
    while (!over.signal.aborted) {
      await register(on).catch((error: unknown) => {
        if (!isPatient) throw error;
      });
      // It looks at everything each time, and must leave the machine to what it looks at.
      await sleep(PAUSE_MILLISECONDS, undefined, { signal: over.signal }).catch(() => undefined);
    }
  })();
  // Told when what is done is over.
  registering.catch(() => undefined);
  try {
    return await act();
  } finally {
    over.abort();
    await registering;
  }
}

/**
 * Wait until none of these pods is left, and the Deployment is complete.
 *
 * @param gone names of pods
 * @returns seconds that it took
 */
export function replaced(on: OneNode, part: string, gone: readonly string[]): Promise<number> {
  let left: readonly string[] = [];
  return until(
    async () => {
      await sleep(LOOK_MILLISECONDS);
      const pods = await podsOfPart(on, part);
      left = pods.map(({ metadata }) => metadata.name).filter((name) => gone.includes(name));
      return left.length === 0 && pods.every(isReady) && (await isComplete(on, part));
    },
    SECONDS,
    () => `${part} is not complete, of ${gone.join(", ")} are left: ${left.join(", ") || "none"}`,
  );
}

function pathOf(name: string): string {
  return `/apis/apps/v1/namespaces/${SYSTEM}/deployments/${name}`;
}

interface DeploymentStatus {
  readonly observedGeneration: number;
  readonly replicas: number;
  readonly updatedReplicas?: number;
  readonly availableReplicas?: number;
}

async function isComplete(on: OneNode, name: string): Promise<boolean> {
  const { metadata, spec, status } = await on.client("administrator").send("GET", pathOf(name));
  const { observedGeneration, replicas, updatedReplicas, availableReplicas } = status as DeploymentStatus;
  const wanted = (spec as { readonly replicas: number }).replicas;
  const isSeen = observedGeneration === (metadata.generation as number);
  return isSeen && [replicas, updatedReplicas, availableReplicas].every((count) => count === wanted);
}
