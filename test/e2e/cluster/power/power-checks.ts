import { deepStrictEqual as equal, ok } from "node:assert";
import type { Check, Suite } from "../../harness/suite";
import { until } from "../../harness/until";
import type { KubeObject } from "../../spire/kube-client";
import { askPayments } from "../ask-tool";
import type { Control } from "../control-checks";
import { whileRegistering } from "../control-rollout";
import { isReady, type OneNode } from "../one-node";
import { pathsHold } from "../paths/path-checks";
import type { NodePrograms } from "../programs";
import { serverSays } from "../spire-server";
import { type Rights, rightsOf } from "./rights";
import { stopThem } from "./stopped";

const SECONDS = 300;
/** Of the table of paths: pods of an agent that is killed are refused. */
const KILLED_KIND = ["serving agent"];
const CALL = { task: "look", tool: "find_order", given: { order: "AC-1001" } } as const;

interface Before {
  readonly rights: Rights;
  readonly nodes: readonly Attested[];
  /** Ids of the containers of pods that are rendered, and pods by namespace and name */
  readonly containers: ReadonlySet<string>;
  readonly pods: readonly string[];
}

/** The node loses its power: every process of it ends at once, and its disk is all that it has when it starts. */
export function powerChecks(
  suite: Suite,
  node: Check<OneNode>,
  programs: Check<NodePrograms>,
  { aws, front, clerk }: Control,
  { containers, paths }: { readonly containers: Check; readonly paths: Check },
): Check {
  const stopped = suite.check(
    "power: before it goes out, a user and an agent are stopped",
    [node, aws, front, clerk, containers],
    async ([on, account, { login }, pod]): Promise<Before> => {
      await stopThem(on, account);
      const rights = await rightsOf(on, pod, login);
      const { answers } = rights;
      equal(answers["a call that its task has"][0], 200);
      equal(answers["a run of a user who is stopped"], [403, ["user.revoked"]]);
      equal(answers["a pod of an agent that is killed"], "ambit-killed-agents");
      equal(answers["pods of an agent that is killed"], []);
      const pods = await renderedPods(on);
      ok(
        pods.every(isReady),
        `not Ready: ${pods
          .filter((one) => !isReady(one))
          .map(called)
          .join(", ")}`,
      );
      return {
        rights,
        nodes: await nodesOf(on),
        containers: new Set(pods.flatMap(containersOf)),
        pods: pods.map(called),
      };
    },
  );

  const back = suite.check(
    "power: all processes of the node end at once, and each rendered pod is Ready again by itself, and calls pass",
    [node, programs, front, clerk, stopped],
    async ([on, { init }, { login, aws: standIn }, pod, { containers, pods }], note) => {
      const begin = performance.now();
      const told = (what: string): void => note(`${what} after ${((performance.now() - begin) / 1_000).toFixed(0)} s`);
      await on.losePower(init, () => standIn.listen());
      told("the node is Ready");
      let waiting: readonly string[] = [];
      const act = () =>
        until(
          async () => {
            const now = await renderedPods(on);
            const again = now.filter((one) => isReady(one) && !containersOf(one).some((id) => containers.has(id)));
            waiting = now.filter((one) => !again.includes(one)).map(called);
            return waiting.length === 0 && now.length >= pods.length;
          },
          SECONDS,
          () => `not Ready: ${waiting.join(", ")}`,
        );
      // SPIRE's server comes back with the others.
      await whileRegistering(on, act, true);
      told(`${pods.length} pods are Ready`);
      const here = await on.client("administrator").get({ apiVersion: "v1", kind: "Pod", metadata: pod.metadata });
      let answer: unknown;
      await until(
        async () => {
          const [status, said] = await askPayments(on, here, login, CALL).catch((error: Error) => [0, error.message]);
          answer = said;
          return status === 200;
        },
        SECONDS,
        () => `no call passes: ${JSON.stringify(answer)}`,
      );
      told("a call of an agent passes");
      return here;
    },
  );

  suite.check(
    "power: SPIRE's agent has attested its node anew, as the node that it was",
    [node, stopped, back],
    async ([on, { nodes }]) => {
      const now = await nodesOf(on);
      equal(
        now.map(({ id }) => id.path),
        nodes.map(({ id }) => id.path),
      );
      for (const [index, { x509svid_serial_number: serial }] of now.entries())
        ok(serial !== nodes[index]?.x509svid_serial_number, "the SVID of the node is that of before");
    },
  );

  suite.check(
    "power: who was stopped stays stopped, and nothing has more or less than before",
    [node, front, stopped, back],
    async ([on, { login }, { rights }, pod]) => {
      equal(await rightsOf(on, pod, login), rights);
    },
  );

  return suite.check(
    "power: no packet passes that did not before, and those that did pass again",
    [node, back, paths],
    ([on], note) => pathsHold(on, note, KILLED_KIND),
  ) as Check;
}

/** Of pods that a controller keeps, those that do not end */
async function renderedPods(on: OneNode): Promise<readonly KubeObject[]> {
  return (await on.client("administrator").list("v1", "Pod")).filter(
    ({ metadata }) => metadata.ownerReferences !== undefined && metadata.deletionTimestamp === undefined,
  );
}

function called({ metadata }: KubeObject): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function containersOf({ status }: KubeObject): readonly string[] {
  const { containerStatuses = [] } = status as {
    readonly containerStatuses?: readonly { readonly containerID?: string }[];
  };
  return containerStatuses.flatMap(({ containerID }) => containerID ?? []);
}

interface Attested {
  readonly id: { readonly path: string };
  readonly x509svid_serial_number: string;
}

async function nodesOf(on: OneNode): Promise<readonly Attested[]> {
  const { agents } = (await serverSays(on, ["agent", "list"])) as { readonly agents: readonly Attested[] };
  return agents;
}
