import { deepStrictEqual as equal, match } from "node:assert";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import type { KubeObject } from "../spire/kube-client";
import { askAgent } from "./ask-agent";
import { CLERK } from "./clerk-pods";
import { whileRegistering } from "./control-rollout";
import type { OneNode } from "./one-node";
import { register } from "./registrar";
import { pod } from "./test-pods";

const SECONDS = 240;
const KILLED = { namespace: "support", name: "support-triage" };
const KILLED_LABELS = { "ambit.internal/agent": KILLED.name };
const MERGE = "application/merge-patch+json";
const KILL_LIST = "/api/v1/namespaces/ambit-system/configmaps/ambit-killed-agents";
const SUSPENDED = "refund-clerk";
const RECORD = `/api/v1/namespaces/${CLERK.namespace}/configmaps/ambit-agents`;

/** An agent is killed and taken off the list again, as far as the cluster alone does it. How it comes back is looked at later. */
export function killChecks(suite: Suite, node: Check<OneNode>, containers: Check): Check {
  const killed = suite.check(
    "stops: a killed agent's pod runs on until it is deleted, and no other comes",
    [node, containers],
    async ([on]) => {
      const [running] = await podsOf(on);
      await change(on, KILL_LIST, { [KILLED.name]: "INC-1" });
      equal((await askAgent(on, running as KubeObject, "GET", "/live"))[0], 200);
      // As docs/stop-an-agent.md says
      const chosen = ["-n", KILLED.namespace, "-l", `ambit.internal/agent=${KILLED.name}`];
      const { code, tail } = await on.kubectl(["delete", "pods", ...chosen, "--grace-period=1"]);
      equal(code, 0, tail);
      let said = "";
      await until(
        async () => (said = await refusalsOf(on)).includes(`agent ${KILLED.name} is killed, so its pods are refused`),
        SECONDS,
        () => `no event says that pods are refused: ${said}`,
      );
      equal(await podsOf(on), []);
    },
  );
  return suite.check("stops: it is taken off the list", [node, killed], ([on]) =>
    change(on, KILL_LIST, { [KILLED.name]: null }),
  ) as Check;
}

export function stopChecks(suite: Suite, node: Check<OneNode>, restored: Check): void {
  suite.check("stops: taken off the list, the agent has started by itself", [node, restored], async ([on]) => {
    await whileRegistering(on, () => on.podReady(KILLED.namespace, KILLED_LABELS, SECONDS));
  });

  suite.check(
    "stops: a suspended agent has pods of no other state, and those have no identity",
    [node, restored],
    async ([on]) => {
      await change(on, RECORD, { [`${SUSPENDED}.state`]: "suspended" });
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
        await change(on, RECORD, { [`${SUSPENDED}.state`]: "active" });
      }
    },
  );
}

function change(on: OneNode, path: string, data: Readonly<Record<string, string | null>>): Promise<unknown> {
  return on.client("deployer").send("PATCH", path, { data }, MERGE);
}

async function podsOf(on: OneNode): Promise<readonly KubeObject[]> {
  const pods = await on.client("administrator").list("v1", "Pod", KILLED.namespace);
  return pods.filter(({ metadata: { labels = {}, deletionTimestamp } }) => {
    return (labels as typeof KILLED_LABELS)["ambit.internal/agent"] === KILLED.name && deletionTimestamp === undefined;
  });
}

async function refusalsOf(on: OneNode): Promise<string> {
  const events = await on.client("administrator").list("v1", "Event", KILLED.namespace);
  return events
    .filter(({ reason }) => reason === "FailedCreate")
    .map(({ message }) => String(message))
    .join("\n");
}

/** A pod under the agent's account, with the labels that its template has */
function agentPod(state: "active" | "suspended"): KubeObject {
  const made = pod(CLERK.namespace, `clerk-${state}`, { args: ["-e", "setInterval(() => undefined, 1e6)"] });
  const labels = { ...CLERK.labels, "ambit.internal/managed": "true", "ambit.internal/state": state };
  const spec = { ...(made.spec as object), serviceAccountName: SUSPENDED };
  return { ...made, metadata: { ...made.metadata, labels }, spec };
}

function outcome(request: Promise<unknown>): Promise<string> {
  return request.then(
    () => "allowed",
    ({ message }: Error) => message,
  );
}
