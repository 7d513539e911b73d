import type { Facts } from "./facts";
import type { RunningContainer } from "./running";

/** Of processes that run without any privilege (proc(5), capabilities(7)) */
const NO_CAPABILITIES = "0000000000000000";
const CAPABILITIES = ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"];
const FILTERED = "2";
/** The kubelet writes it, for root alone */
const OF_ROOT = "/etc/hosts";
const PRIORITIES: Readonly<Record<string, number>> = {
  "system-cluster-critical": 2_000_000_000,
  "system-node-critical": 2_000_001_000,
};
const READ_ONLY = "Read-only file system";
const MEGA = 2 ** 20;
/** Of the memory that is rendered, after the little that a suite does */
const MOST_USED = 0.5;

/** What of a container is other than rendered */
export function flawsOf(running: RunningContainer, facts: Facts): readonly string[] {
  const { called, pod, container, limits, priority, restarts } = running;
  const { status, writes, writable, hasToken, memory, cpu } = facts;
  const flaws: string[] = [];
  const expect = (what: string, found: unknown, wanted: unknown): void => {
    if (found !== wanted) flaws.push(`${called}: ${what} is ${String(found)}, and should be ${String(wanted)}`);
  };
  const { runAsUser, runAsGroup } = pod.securityContext;
  expect("its user", status.Uid, Array(4).fill(runAsUser).join("\t"));
  expect("its group", status.Gid, Array(4).fill(runAsGroup).join("\t"));
  for (const set of CAPABILITIES) expect(set, status[set], NO_CAPABILITIES);
  expect("NoNewPrivs", status.NoNewPrivs, "1");
  expect("Seccomp", status.Seccomp, FILTERED);
  expect("that it has a token of the cluster", hasToken, pod.automountServiceAccountToken);
  expect("writing to /", writes["/"], READ_ONLY);
  const { volumeMounts = [] } = container;
  for (const { mountPath, readOnly = false } of volumeMounts) {
    expect(`writing to ${mountPath}`, writes[mountPath], readOnly ? READ_ONLY : "written");
  }
  const declared = volumeMounts.filter(({ readOnly = false }) => !readOnly).map(({ mountPath }) => mountPath);
  const besides = writable.filter((path) => !declared.includes(path));
  expect("what is writable besides", besides.join(", "), runAsUser === 0 ? OF_ROOT : "");
  expect("its memory", memory.limit, bytes(limits.memory as string));
  if (limits.cpu !== undefined) expect("its part of a CPU", cpu.quota / cpu.period, cpus(limits.cpu));
  expect("its priority", priority, PRIORITIES[pod.priorityClassName ?? ""] ?? 0);
  expect("how often it started anew", restarts, 0);
  const share = memory.used / bytes(container.resources.requests.memory as string);
  const isOwn = limits.memory === container.resources.limits.memory;
  if (isOwn && share > MOST_USED)
    flaws.push(`${called}: it uses ${Math.round(share * 100)} % of the memory that is rendered`);
  return flaws;
}

/** Figures of memory and CPU, for people */
export function usageOf({ called, container }: RunningContainer, { memory, cpu }: Facts): string {
  const requested = bytes(container.resources.requests.memory as string);
  const [used, most, of] = [memory.used, memory.most, requested].map((value) => Math.round(value / MEGA));
  return `${called}: ${used} MiB, at most ${most}, of ${of}; waited ${cpu.throttledSeconds.toFixed(1)} s for CPU`;
}

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
function bytes(quantity: string): number {
  const [, number, unit] = /^(\d+)(Mi|Gi)$/.exec(quantity) ?? [];
  if (number === undefined) throw new Error(`a quantity of memory that is not known: ${quantity}`);
  return Number(number) * (unit === "Gi" ? 2 ** 30 : MEGA);
}

function cpus(quantity: string): number {
  return quantity.endsWith("m") ? Number(quantity.slice(0, -1)) / 1000 : Number(quantity);
}
