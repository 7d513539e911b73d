import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { groupsNamed } from "./cgroups";
import { groupOf } from "./state";

/** What a node holds while it runs, as the machine sees it */
export interface Held {
  readonly folder: string;
  /** Namespaces of its first process, such as `net:[4026531840]` */
  readonly namespaces: readonly string[];
}

const KINDS = ["net", "pid", "mnt"];

export function heldBy(folder: string, pid: number): Held {
  const namespaces = KINDS.map((kind) => readlinkSync(`/proc/${pid}/ns/${kind}`));
  return { folder, namespaces };
}

/** Processes that are in a namespace of the node, or in one of its cgroups */
export function processesOf({ folder, namespaces }: Held): readonly number[] {
  const group = `/${groupOf(folder)}`;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const own = KINDS.map((kind) => readlinkSync(`/proc/${pid}/ns/${kind}`));
        return (
          own.some((one) => namespaces.includes(one)) || readFileSync(`/proc/${pid}/cgroup`, "utf8").includes(group)
        );
      } catch {
        // It has ended meanwhile.
        return false;
      }
    })
    .map(Number);
}

/** All that is left of a node: nothing, if it was put away */
export function leftOf(held: Held): readonly string[] {
  const mounts = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  const interfaces = readFileSync("/proc/net/dev", "utf8").match(/\b(node0|node1)(?=:)/g) ?? [];
  return [
    ...processesOf(held).map((pid) => `process ${pid}`),
    ...mounts.filter((line) => line.includes(held.folder)).map((line) => `mount ${line}`),
    ...interfaces.map((name) => `interface ${name}`),
    ...groupsNamed(groupOf(held.folder)).map((name) => `cgroup ${name}`),
    ...(existsSync(held.folder) ? [`folder ${held.folder}`] : []),
    ...OUTSIDE.filter((path) => existsSync(path)).map((path) => `folder ${path}`),
  ];
}

/** Where Kubernetes' programs write by default, on a machine without a node of its own */
const OUTSIDE = ["/var/lib/kubelet", "/var/lib/kube-router", "/etc/cni/net.d", "/usr/libexec/kubernetes"].filter(
  (path) => !existsSync(join(path)),
);
