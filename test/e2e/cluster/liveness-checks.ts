import { deepStrictEqual as equal, match, ok } from "node:assert";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import type { KubeObject } from "../spire/kube-client";
import { askPayments } from "./ask-tool";
import { clerkPods } from "./clerk-pods";
import { type RunningContainer, runningContainers } from "./containers/running";
import type { Control } from "./control-checks";
import { isReady, type OneNode } from "./one-node";
import { signal } from "./signal";

const SECONDS = 300;
/** All that a call of an agent takes, by namespace and container: no call passes while these hang */
const EACH = ["ambit-system/ambit-exchange exchange", "finance/refund-clerk companion"];
/** Of the gateway's pods one each: what is beside it in the pod is well. */
const ONE_EACH = ["ambit-system/ambit-gateway envoy", "ambit-system/ambit-gateway authorizer"];
/** Six requests, 10 s apart: a process that is away for less is not killed. */
const LEAST_SECONDS = 50;
/** 128 + SIGKILL: a process that hangs does not see SIGTERM. */
const KILLED = 137;
const CALL = { task: "look", tool: "find_order", given: { order: "AC-1001" } } as const;

/** What became of a container whose process answers nothing any more */
interface Restarted {
  readonly called: string;
  readonly killedSeconds: number;
  readonly backSeconds: number;
}

export interface Hanging {
  readonly story: Promise<readonly Restarted[]>;
  readonly since: number;
}

/** Processes that answer nothing any more. They are looked at while other checks go on, which take none of these parts. */
export function livenessBegins(suite: Suite, node: Check<OneNode>, containers: Check): Check<Hanging> {
  return suite.check(
    "liveness: exchanges and a companion hang, and of the gateway's pods one's Envoy and another's authorizer",
    [node, containers],
    async ([on], note) => {
      const hung = chosen(await runningContainers(on, [clerkPods()]));
      const since = performance.now();
      await signal(
        on,
        "STOP",
        hung.map(({ pid }) => pid),
      );
      const story = Promise.all(hung.map((one) => storyOf(on, one, since)));
      // Told by the check that waits for it.
      story.catch(() => undefined);
      note(`${hung.length} processes are stopped, and not ended`);
      return { story, since };
    },
  );
}

export function livenessEnds(
  suite: Suite,
  node: Check<OneNode>,
  { front, clerk }: Control,
  begun: Check<Hanging>,
): Check {
  return suite.check(
    "liveness: the kubelet has started each of them anew by its probe, and calls pass again by themselves",
    [node, front, clerk, begun],
    async ([on, { login, tools }, pod, { story, since }], note) => {
      for (const { called, killedSeconds, backSeconds } of await story) {
        ok(killedSeconds > LEAST_SECONDS, `${called} is killed after ${killedSeconds} s`);
        note(
          `${called}: told to end after ${killedSeconds.toFixed(0)} s, Ready again after ${backSeconds.toFixed(0)} s`,
        );
      }
      let answer: unknown;
      const arrived = await tools.during(() =>
        until(
          async () => {
            const [status, said] = await askPayments(on, pod, login, CALL).catch((error: Error) => [0, error.message]);
            answer = said;
            return status === 200;
          },
          SECONDS,
          () => `no call passes: ${JSON.stringify(answer)}`,
        ).then(() => undefined),
      );
      ok(arrived.length > 0, "nothing arrived");
      note(`a call passed ${((performance.now() - since) / 1_000).toFixed(0)} s after they hung`);
    },
  ) as Check;
}

function chosen(all: readonly RunningContainer[]): readonly RunningContainer[] {
  const of = (called: string): readonly RunningContainer[] => all.filter((one) => one.called === called);
  const each = EACH.flatMap((called) => of(called));
  equal([...new Set(each.map(({ called }) => called))], EACH);
  const pods = [...new Set(ONE_EACH.flatMap(of).map((one) => one.in.name))];
  equal(pods.length, ONE_EACH.length, `the gateway has the pods ${pods.join(", ")}`);
  const oneEach = ONE_EACH.flatMap((called, index) => of(called).filter((one) => one.in.name === pods[index]));
  return [...each, ...oneEach];
}

async function storyOf(on: OneNode, hung: RunningContainer, since: number): Promise<Restarted> {
  const { called, container, restarts } = hung;
  const elapsed = (): number => (performance.now() - since) / 1_000;
  let told = "";
  await until(
    async () => (told = await killingOf(on, hung)) !== "",
    SECONDS,
    () => `${called} hangs, and no probe has it killed`,
  );
  const killedSeconds = elapsed();
  match(told, new RegExp(`Container ${container.name} failed liveness probe, will be restarted`));
  let pod: KubeObject | undefined;
  const status = (): ContainerStatus | undefined => statusIn(pod, container.name);
  await until(
    async () => {
      pod = await podOf(on, hung);
      return (status()?.restartCount ?? 0) > restarts && isReady(pod);
    },
    SECONDS,
    () => `${called} does not come back: ${JSON.stringify(status())}`,
  );
  equal([status()?.restartCount, status()?.lastState.terminated?.exitCode], [restarts + 1, KILLED], called);
  return { called, killedSeconds, backSeconds: elapsed() };
}

interface ContainerStatus {
  readonly name: string;
  readonly restartCount: number;
  readonly lastState: { readonly terminated?: { readonly exitCode: number } };
}

function statusIn(pod: KubeObject | undefined, container: string): ContainerStatus | undefined {
  const { containerStatuses = [] } = (pod?.status ?? {}) as { containerStatuses?: readonly ContainerStatus[] };
  return containerStatuses.find(({ name }) => name === container);
}

function podOf(on: OneNode, { in: metadata }: RunningContainer): Promise<KubeObject> {
  return on.client("administrator").get({ apiVersion: "v1", kind: "Pod", metadata });
}

interface Involved {
  readonly name: string;
  readonly fieldPath?: string;
}

/** What the kubelet says of why it ends the container; "" before it does */
async function killingOf(on: OneNode, { in: pod, container }: RunningContainer): Promise<string> {
  const events = await on.client("administrator").list("v1", "Event", pod.namespace);
  const own = events.filter(({ involvedObject, reason }) => {
    const { name, fieldPath } = involvedObject as Involved;
    return reason === "Killing" && name === pod.name && fieldPath === `spec.containers{${container.name}}`;
  });
  return own.map(({ message }) => String(message)).join("\n");
}
