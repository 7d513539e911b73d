import { LABELS } from "../../constructs/platform/names";
import type { DeployedCluster, LabelledAccount } from "../../governance/inventory/live/deployed";
import type { Io } from "../program";
import { progress } from "../progress";
import type { RunProgram } from "../stop/function-call";
import { printable } from "../terminal";
import { type Answer, answerOf, listIn, objectIn, printedBy, textIn } from "./answers";

/** Pods that have ended run nothing; those whose end is not known may. */
const RUNNING = "--field-selector=status.phase!=Succeeded,status.phase!=Failed";

/**
 * Service accounts and pods that bear an agent's label, by kubectl's current context and with the rights of the operator
 *
 * @throws CliError if the cluster does not answer
 */
export async function labelledInCluster(run: RunProgram, io: Io): Promise<DeployedCluster> {
  const context = (await printedBy(run, "kubectl", ["config", "current-context"])).trim();
  io.err(`ambit: kubectl's current context, which is compared: ${printable(context)}\n`);
  const serviceAccounts = await progress(io, "listing service accounts", itemsOf(run, "serviceaccounts"));
  const pods = await progress(io, "listing pods", itemsOf(run, "pods", RUNNING));
  return {
    serviceAccounts: serviceAccounts.map(labelled),
    pods: pods.map((pod) => ({
      ...labelled(pod),
      serviceAccount: textIn(objectIn(pod, "spec"), "serviceAccountName"),
    })),
  };
}

async function itemsOf(run: RunProgram, kind: string, ...more: readonly string[]): Promise<readonly Answer[]> {
  const selected = ["--all-namespaces", `--selector=${LABELS.agent}`, ...more];
  const args = ["get", kind, ...selected, "--output=json", "--request-timeout=60s"];
  return listIn(await answerOf(run, "kubectl", args), "items");
}

function labelled(item: Answer): LabelledAccount {
  const metadata = objectIn(item, "metadata");
  return {
    namespace: textIn(metadata, "namespace"),
    name: textIn(metadata, "name"),
    agent: textIn(objectIn(metadata, "labels"), LABELS.agent),
  };
}
