import { stopWrite } from "../../../../runtime/exchange/operator/stop-write";
import { systemClock } from "../../../../runtime/clock";
import type { Target } from "../../../../runtime/session/revocations";
import { personStoreAt } from "../../exchange/state-table";
import { until } from "../../harness/until";
import type { KubeObject } from "../../spire/kube-client";
import { type AwsAccount, STATE_TABLE } from "../aws/account";
import { rendered } from "../control-checks";
import type { OneNode } from "../one-node";

const SECONDS = 240;
const KILL_LIST = "/api/v1/namespaces/ambit-system/configmaps/ambit-killed-agents";
const MERGE = "application/merge-patch+json";

/** Who is stopped before the node loses its power: a user at the exchange, and an agent there and in the cluster */
export const STOPPED = {
  user: { issuer: "https://login.acme.example", subject: "bob" },
  agent: { namespace: "support", name: "support-triage" },
} as const;

/** As the operator's order and the kill switch do it, by the exchange's own code and the kill list */
export async function stopThem(on: OneNode, account: AwsAccount): Promise<void> {
  const targets: readonly Target[] = [
    { kind: "user", user: STOPPED.user },
    { kind: "agent", id: STOPPED.agent.name },
  ];
  const { store, close } = await personStoreAt(account.url, STATE_TABLE);
  try {
    for (const target of targets) {
      const said = { why: "INC-2", by: "a test", at: systemClock() };
      await store.write([stopWrite({ target }, undefined, said)]);
    }
  } finally {
    await close();
  }
  const { namespace, name } = STOPPED.agent;
  await on.client("deployer").send("PATCH", KILL_LIST, { data: { [name]: "INC-2" } }, MERGE);
  await until(async () => (await podOfKilled(on)) !== "allowed", SECONDS, `pods of ${name} are not refused`);
  const chosen = ["-n", namespace, "-l", `ambit.internal/agent=${name}`];
  const { code, tail } = await on.kubectl(["delete", "pods", ...chosen, "--grace-period=1"]);
  if (code !== 0) throw new Error(tail);
  await until(async () => (await podsOfKilled(on)).length === 0, SECONDS, `${name} has pods`);
}

/** How a pod of the killed agent is refused, or "allowed" */
export async function podOfKilled(on: OneNode): Promise<string> {
  const { namespace, name } = STOPPED.agent;
  const { template } = rendered("agents", "Deployment", name).object.spec as unknown as {
    readonly template: KubeObject;
  };
  const metadata = { ...template.metadata, name: "pod-of-killed", namespace };
  const pod = { apiVersion: "v1", kind: "Pod", metadata, spec: template.spec };
  return on
    .client("administrator")
    .create(pod, { dryRun: true })
    .then(
      () => "allowed",
      ({ message }: Error) => message,
    );
}

/** Names of pods that it has all the same */
export async function podsOfKilled(on: OneNode): Promise<readonly string[]> {
  const { namespace, name } = STOPPED.agent;
  const pods = await on.client("administrator").list("v1", "Pod", namespace);
  return pods
    .filter(({ metadata }) => (metadata.labels as Readonly<Record<string, string>>)["ambit.internal/agent"] === name)
    .map(({ metadata }) => metadata.name);
}
