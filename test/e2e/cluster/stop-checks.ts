import { deepStrictEqual as equal, match } from "node:assert";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import type { KubeObject } from "../spire/kube-client";
import { askAgent } from "./ask-agent";
import { CLERK } from "./clerk-pods";
import type { Control } from "./control-checks";
import type { OneNode } from "./one-node";
import { register } from "./registrar";
import { pod } from "./test-pods";

const SECONDS = 240;
const NAME = "refund-clerk";
const MERGE = "application/merge-patch+json";
const KILL_LIST = "/api/v1/namespaces/ambit-system/configmaps/ambit-killed-agents";
const RECORD = `/api/v1/namespaces/${CLERK.namespace}/configmaps/ambit-agents`;

/** Agents that are killed and suspended, as far as the cluster alone stops them */
export function stopChecks(suite: Suite, node: Check<OneNode>, { clerk, exchange }: Control): void {
  const killed = suite.check(
    "stops: a killed agent's pod runs on until it is deleted, and no other comes",
    [node, clerk, exchange],
    async ([on]) => {
      const [running] = await podsOf(on);
      await change(on, KILL_LIST, { [NAME]: "INC-1" });
      equal((await askAgent(on, running as KubeObject, "GET", "/live"))[0], 200);
      // As docs/stop-an-agent.md says
      const label = `ambit.internal/agent=${NAME}`;
      const { code, tail } = await on.kubectl([
        "delete",
        "pods",
        "-n",
        CLERK.namespace,
        "-l",
        label,
        "--grace-period=1",
      ]);
      equal(code, 0, tail);
      let said = "";
      await until(
        async () => (said = await refusalsOf(on)).includes(`agent ${NAME} is killed, so its pods are refused`),
        SECONDS,
        () => `no event says that pods are refused: ${said}`,
      );
      equal(await podsOf(on), []);
    },
  );

  const restored = suite.check(
    "stops: taken off the list, the agent starts by itself",
    [node, killed],
    async ([on], note) => {
      await change(on, KILL_LIST, { [NAME]: null });
      const isBack = async (): Promise<boolean> => (await register(on)).includes(CLERK.spiffeId);
      const seconds = await until(isBack, SECONDS, "no pod comes back that is to have an identity");
      note(`its pod has an entry ${seconds.toFixed(1)} s later`);
    },
  );

  suite.check(
    "stops: a suspended agent has pods of no other state, and those have no identity",
    [node, restored],
    async ([on]) => {
      await change(on, RECORD, { [`${NAME}.state`]: "suspended" });
      try {
        const administrator = on.client("administrator");
        let said = "";
        await until(
          async () => (said = await outcome(administrator.create(agentPod("active"), { dryRun: true }))) !== "allowed",
          SECONDS,
          "an active pod of a suspended agent is allowed",
        );
        match(said, /'ambit-agent-pods'.*ambit\.internal\/state: suspended/s);
        await administrator.create(agentPod("suspended"));
        try {
          equal(await register(on), []);
        } finally {
          await administrator.delete(agentPod("suspended"));
        }
      } finally {
        await change(on, RECORD, { [`${NAME}.state`]: "active" });
      }
    },
  );
}

function change(on: OneNode, path: string, data: Readonly<Record<string, string | null>>): Promise<unknown> {
  return on.client("deployer").send("PATCH", path, { data }, MERGE);
}

async function podsOf(on: OneNode): Promise<readonly KubeObject[]> {
  const pods = await on.client("administrator").list("v1", "Pod", CLERK.namespace);
  return pods.filter(({ metadata: { labels = {}, deletionTimestamp } }) => {
    return (labels as typeof CLERK.labels)["ambit.internal/agent"] === NAME && deletionTimestamp === undefined;
  });
}

async function refusalsOf(on: OneNode): Promise<string> {
  const events = await on.client("administrator").list("v1", "Event", CLERK.namespace);
  return events
    .filter(({ reason }) => reason === "FailedCreate")
    .map(({ message }) => String(message))
    .join("\n");
}

/** A pod under the agent's account, with the labels that its template has */
function agentPod(state: "active" | "suspended"): KubeObject {
  const made = pod(CLERK.namespace, `clerk-${state}`, { args: ["-e", "setInterval(() => undefined, 1e6)"] });
  const labels = { ...CLERK.labels, "ambit.internal/managed": "true", "ambit.internal/state": state };
  const spec = { ...(made.spec as object), serviceAccountName: NAME };
  return { ...made, metadata: { ...made.metadata, labels }, spec };
}

function outcome(request: Promise<unknown>): Promise<string> {
  return request.then(
    () => "allowed",
    ({ message }: Error) => message,
  );
}
