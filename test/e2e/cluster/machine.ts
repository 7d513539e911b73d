import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run } from "../harness/process";
import { Skipped } from "../harness/suite";
import { CONTROLLERS, hierarchies } from "./cgroups";

const COMMANDS = [
  ...["unshare", "nsenter", "ip", "mount", "pgrep"],
  ...["containerd", "ctr", "runc", "iptables", "ipset", "conntrack"],
];
/** Where Debian's containernetworking-plugins has them */
export const CNI_PLUGINS = "/usr/lib/cni";
const PLUGINS = ["host-local", "loopback", "portmap", "ptp"];
const PACKAGES = "containerd runc containernetworking-plugins iptables ipset conntrack procps";

/** Namespaces of the node: nothing of it is seen outside */
export const UNSHARED = ["--net", "--mount", "--pid", "--uts", "--ipc"] as const;

/** @throws Skipped where a node cannot run here, with why and what to do */
export async function checkMachine(): Promise<void> {
  const why = await unfit();
  if (why !== undefined) throw new Skipped(why);
}

async function unfit(): Promise<string | undefined> {
  if (process.platform !== "linux") return `a node needs Linux, got "${process.platform}": use kind instead`;
  if (process.getuid?.() !== 0) return `a node needs root, got user ${process.getuid?.()}: use kind instead`;
  const lacking = CONTROLLERS.filter((controller) => !hierarchies().includes(controller));
  if (lacking.length > 0) {
    return `a node needs the cgroup v1 hierarchies ${lacking.join(", ")}, which are not mounted: use kind instead`;
  }
  const commands = COMMANDS.filter((name) => !isOnPath(name));
  const plugins = PLUGINS.filter((name) => !existsSync(join(CNI_PLUGINS, name)));
  const programs = [...commands, ...plugins.map((name) => join(CNI_PLUGINS, name))];
  if (programs.length > 0) {
    return `a node needs ${programs.join(", ")}, which are not installed: apt-get install ${PACKAGES}`;
  }
  const { code, tail } = await run("unshare", [...UNSHARED, "--fork", "--mount-proc", "true"]);
  return code === 0 ? undefined : `a node needs namespaces of its own, and unshare refused: ${tail}`;
}

function isOnPath(name: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
