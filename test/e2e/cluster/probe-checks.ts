import { deepStrictEqual as equal, ok } from "node:assert";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import type { KubeObject } from "../spire/kube-client";
import { runningContainers } from "./containers/running";
import { podsOfPart } from "./control-rollout";
import { isReady, type OneNode } from "./one-node";
import { signal } from "./signal";

const SECONDS = 240;
const OPA = "ambit-opa";

/** What became of a process that was stopped for a while */
interface Stopped {
  readonly pod: string;
  readonly unreadySeconds: number;
  readonly readySeconds: number;
}

/** A process that answers nothing any more. It is looked at while other checks go on. */
export function probeBegins(suite: Suite, node: Check<OneNode>, containers: Check): Check<{ story: Promise<Stopped> }> {
  return suite.check("probes: the process of an OPA is stopped, and not ended", [node, containers], async ([on]) => {
    const opa = (await runningContainers(on)).find(({ container }) => container.name === "opa");
    ok(opa !== undefined, "no OPA runs");
    await signal(on, "STOP", [opa.pid]);
    const story = storyOf(on, opa.pid);
    // Told by the check that waits for it.
    story.catch(() => undefined);
    return { story };
  });
}

export function probeEnds(suite: Suite, node: Check<OneNode>, begun: Check<{ story: Promise<Stopped> }>): void {
  suite.check(
    "probes: it was taken out of its Service, and came back by itself when the process went on",
    [node, begun],
    async ([on, { story }], note) => {
      const { pod, unreadySeconds, readySeconds } = await story;
      const [now] = await podsOfPart(on, OPA);
      equal([now?.metadata.name, restartsOf(now as KubeObject)], [pod, 0]);
      note(
        `not Ready ${unreadySeconds.toFixed(1)} s after it was stopped, Ready ${readySeconds.toFixed(1)} s after it went on`,
      );
    },
  );
}

async function storyOf(on: OneNode, pid: number): Promise<Stopped> {
  let [pod] = (await podsOfPart(on, OPA)) as [KubeObject];
  const look = async (ready: boolean): Promise<boolean> => {
    [pod] = (await podsOfPart(on, OPA)) as [KubeObject];
    return isReady(pod) === ready;
  };
  try {
    const unreadySeconds = await until(() => look(false), SECONDS, "a pod whose process is stopped stays Ready");
    await until(async () => !(await isServed(on)), SECONDS, "its Service still leads to it");
    await signal(on, "CONT", [pid]);
    const readySeconds = await until(() => look(true), SECONDS, "it does not come back");
    return { pod: pod.metadata.name, unreadySeconds, readySeconds };
  } finally {
    await signal(on, "CONT", [pid]);
  }
}

interface Endpoint {
  readonly conditions: { readonly ready?: boolean };
}

async function isServed(on: OneNode): Promise<boolean> {
  const slices = await on.client("administrator").list("discovery.k8s.io/v1", "EndpointSlice", "ambit-system");
  const own = slices.filter(({ metadata }) => {
    return (metadata.labels as Readonly<Record<string, string>>)["kubernetes.io/service-name"] === OPA;
  });
  const endpoints = own.flatMap(({ endpoints }) => (endpoints as readonly Endpoint[] | null) ?? []);
  return endpoints.some(({ conditions }) => conditions.ready !== false);
}

function restartsOf({ status }: KubeObject): number {
  const { containerStatuses = [] } = status as { containerStatuses?: readonly { readonly restartCount: number }[] };
  return containerStatuses.reduce((sum, { restartCount }) => sum + restartCount, 0);
}
