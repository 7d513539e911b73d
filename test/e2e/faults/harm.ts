import { setTimeout as sleep } from "node:timers/promises";
import type { AwsAccount } from "../cluster/aws/account";
import type { AwsFront } from "../cluster/aws/front";
import type { OneNode } from "../cluster/one-node";
import { CONTAINERD_SOCKET } from "../cluster/settings";
import { signal } from "../cluster/signal";
import type { KeptMoto } from "./kept-moto";
import type { Fault, PartName } from "./schedules";

/** Where a part's processes are: containers that the kubelet starts again, or a program of the node */
type Place =
  { readonly namespace: string; readonly container: string } | { readonly program: string } | { readonly aws: true };

const PLACES: Readonly<Record<PartName, Place>> = {
  exchange: { namespace: "ambit-system", container: "exchange" },
  gateway: { namespace: "ambit-system", container: "envoy" },
  authorizer: { namespace: "ambit-system", container: "authorizer" },
  opa: { namespace: "ambit-system", container: "opa" },
  "spire-server": { namespace: "spire-server", container: "spire-server" },
  "spire-agent": { namespace: "spire-system", container: "spire-agent" },
  kubelet: { program: "kubelet" },
  apiserver: { program: "kube-apiserver" },
  aws: { aws: true },
};

export interface Harmed {
  readonly on: OneNode;
  readonly account: AwsAccount;
  readonly moto: KeptMoto;
  readonly front: AwsFront;
}

/** A fault that has come, and is over */
export interface Suffered {
  readonly fault: Fault;
  /** Milliseconds since the epoch: when it came, and when nothing was done to the part any more */
  readonly from: number;
  readonly to: number;
  /** As the node counts; none of AWS */
  readonly processes: readonly number[];
}

/** Do to a part what the fault says, and undo what no kubelet undoes. */
export async function suffer(harmed: Harmed, fault: Fault): Promise<Suffered> {
  await sleep(fault.after);
  const place = PLACES[fault.part];
  const processes = await processesOf(harmed.on, place);
  if (processes.length === 0 && !("aws" in place)) throw new Error(`nothing of ${fault.part} runs`);
  const from = Date.now();
  if (fault.harm === "kill") {
    if ("aws" in place) await harmed.moto.kill();
    else await signal(harmed.on, "KILL", processes);
    // A container is started again by the kubelet.
    if (!("container" in place)) await sleep(fault.lasts);
    if ("program" in place) await harmed.on.startAgain(place.program);
    if ("aws" in place) await harmed.moto.startAgain();
  } else {
    await hold(harmed, fault, processes, true);
    try {
      await sleep(fault.lasts);
    } finally {
      await hold(harmed, fault, processes, false);
    }
  }
  return { fault, from, to: Date.now(), processes };
}

/** Whether as many processes of the part run as before, and, where it was killed, none of those that were killed */
export async function isBack({ on }: Harmed, { fault, processes }: Suffered): Promise<boolean> {
  const now = await processesOf(on, PLACES[fault.part]);
  const isOther = fault.harm !== "kill" || now.every((process) => !processes.includes(process));
  return isOther && now.length >= processes.length;
}

async function hold(
  { on, account, front }: Harmed,
  { part, harm }: Fault,
  processes: readonly number[],
  isHeld: boolean,
): Promise<void> {
  if (part !== "aws") await signal(on, isHeld ? "STOP" : "CONT", processes);
  else if (harm === "cut") front.cut(isHeld);
  else account.signal(isHeld ? "SIGSTOP" : "SIGCONT");
}

/** Without a question to the API server, which may be what is harmed */
async function processesOf(on: OneNode, place: Place): Promise<readonly number[]> {
  if ("aws" in place) return [];
  if ("program" in place) {
    return (await on.namespaces.run("pgrep", ["-x", place.program])).stdout.split("\n").filter(Boolean).map(Number);
  }
  const named = `labels."io.kubernetes.container.name"=="${place.container}"`;
  const within = `labels."io.kubernetes.pod.namespace"=="${place.namespace}"`;
  const ids = new Set((await ctr(on, ["containers", "list", "--quiet", `${named},${within}`])).split("\n"));
  const tasks = (await ctr(on, ["tasks", "list"])).split("\n").map((line) => line.split(/\s+/));
  return tasks.flatMap(([id = "", pid, status]) => (ids.has(id) && status === "RUNNING" ? [Number(pid)] : []));
}

async function ctr(on: OneNode, args: readonly string[]): Promise<string> {
  const all = ["--address", CONTAINERD_SOCKET, "--namespace", "k8s.io", ...args];
  const { code, stdout, tail } = await on.namespaces.run("ctr", all);
  if (code !== 0) throw new Error(`ctr ${args.join(" ")} failed: ${tail}`);
  return stdout;
}
