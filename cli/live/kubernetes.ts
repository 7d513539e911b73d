import { LABELS } from "../../constructs/platform/names";
import type { DeclaredAgent } from "../../governance/inventory/live/declared";
import type { DeployedCluster, DeployedPod, LabelledAccount } from "../../governance/inventory/live/deployed";
import { CliError, type Io } from "../program";
import { progress } from "../progress";
import type { RunProgram } from "../stop/function-call";
import { printable } from "../terminal";
import { type Answer, answerOf, listIn, objectIn, printedBy, textIn } from "./answers";

/** Pods that have ended run nothing; those whose end is not known may. */
const RUNNING = "--field-selector=status.phase!=Succeeded,status.phase!=Failed";
/** What kubectl prints for a value that is not there; no name and no value of a label has these characters. */
const NONE = "<none>";
const COLUMNS = [
  "NAMESPACE:.metadata.namespace",
  "NAME:.metadata.name",
  "ACCOUNT:.spec.serviceAccountName",
  `AGENT:.metadata.labels.${LABELS.agent.replaceAll(".", "\\.")}`,
].join(",");

/**
 * Service accounts with an agent's label, and pods with the label or with the service account of an agent, by kubectl's current context and
 * with the rights of the operator. SPIRE and AWS go by the service account, so a pod without the label may have the agent's identity.
 *
 * @throws CliError if the cluster does not answer
 */
export async function agentsInCluster(
  declared: readonly Pick<DeclaredAgent, "workload">[],
  run: RunProgram,
  io: Io,
): Promise<DeployedCluster> {
  const context = (await printedBy(run, "kubectl", ["config", "current-context"])).trim();
  io.err(`ambit: kubectl's current context, which is compared: ${printable(context)}\n`);
  const serviceAccounts = await progress(io, "listing service accounts", labelledAccounts(run));
  const accounts = new Set([
    ...declared.map(({ workload: { namespace, serviceAccount } }) => `${namespace}/${serviceAccount}`),
    ...serviceAccounts.map(({ namespace, name }) => `${namespace}/${name}`),
  ]);
  const pods = await progress(io, "listing pods", allPods(run));
  const isOfAgent = ({ agent, namespace, serviceAccount }: DeployedPod): boolean =>
    agent !== undefined || accounts.has(`${namespace}/${serviceAccount}`);
  return { serviceAccounts, pods: pods.filter(isOfAgent) };
}

async function labelledAccounts(run: RunProgram): Promise<readonly LabelledAccount[]> {
  const selected = ["--all-namespaces", `--selector=${LABELS.agent}`];
  const args = ["get", "serviceaccounts", ...selected, "--output=json", "--request-timeout=60s"];
  return listIn(await answerOf(run, "kubectl", args), "items").map(labelled);
}

/** Four values of each pod: whole pods of a large cluster are too much to hold. */
async function allPods(run: RunProgram): Promise<readonly DeployedPod[]> {
  const output = ["--no-headers", `--output=custom-columns=${COLUMNS}`, "--request-timeout=60s"];
  const printed = await printedBy(run, "kubectl", ["get", "pods", "--all-namespaces", RUNNING, ...output]);
  return printed.split("\n").flatMap((line) => (line.trim() === "" ? [] : [podIn(line)]));
}

/** A mirror of a static pod has no service account; a label without value prints nothing, and names no agent. */
function podIn(line: string): DeployedPod {
  const [namespace, name, serviceAccount, agent = "", ...more] = line.trim().split(/\s+/);
  if (namespace === undefined || name === undefined || serviceAccount === undefined || more.length > 0) {
    throw new CliError(
      `kubectl must print namespace, name, service account and agent of a pod, got ${JSON.stringify(line.slice(0, 80))}`,
    );
  }
  return { namespace, name, serviceAccount, ...(agent !== NONE && agent !== "" && { agent }) };
}

function labelled(item: Answer): LabelledAccount {
  const metadata = objectIn(item, "metadata");
  return {
    namespace: textIn(metadata, "namespace"),
    name: textIn(metadata, "name"),
    agent: textIn(objectIn(metadata, "labels"), LABELS.agent),
  };
}
