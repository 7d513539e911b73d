import { spawn } from "node:child_process";
import { openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Finished, run, type RunOptions, succeed } from "../harness/process";
import { until } from "../harness/until";
import { ADDRESSES, NODE_NAME } from "./addresses";
import { UNSHARED } from "./machine";

const START_SECONDS = 120;
const END_SECONDS = 120;

/**
 * What the kubelet wants to set for the whole machine: it finds it set already, in files that only the node sees.
 *
 * https://github.com/kubernetes/component-helpers/blob/v0.34.4/node/util/sysctl/sysctl.go
 */
const KERNEL_SETTINGS = {
  "vm/overcommit_memory": "1",
  "vm/panic_on_oom": "0",
  "kernel/panic": "10",
  "kernel/panic_on_oops": "1",
  "kernel/keys/root_maxkeys": "1000000",
  "kernel/keys/root_maxbytes": "25000000",
};

/** Of what this process was started with, nothing but where programs are: a proxy or a CA of the machine is not the node's. */
const ENVIRONMENT = { PATH: process.env.PATH ?? "", HOME: "/root", KUBE_ROUTER_CNI_CONF_FILE: "/dev/null" };
const PROXIES = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

/**
 * What a node writes outside its state folder lies in memory that is its own; what its disk keeps when it loses power lies in that folder. Propagation is shared within, as a CSI
 * driver mounts for other pods. Of an interface both ends are inside: some kernels have no dummy ones.
 */
const PREPARE = `set -eu
state=$1
hostname ${NODE_NAME}
for folder in /run /var/lib /var/log; do mount -t tmpfs tmpfs $folder; done
mkdir -p /var/log/containers "$state/kernel"
on_disk() { mkdir -p "$1" "$state/$2"; mount --bind "$state/$2" "$1"; }
on_disk /var/lib/kubelet kubelet
on_disk /var/lib/cni addresses
on_disk /var/log/pods pod-logs
set_for_node() { echo "$2" > "$state/kernel/$(basename "$1")"; mount --bind "$state/kernel/$(basename "$1")" "/proc/sys/$1"; }
${Object.entries(KERNEL_SETTINGS)
  .map(([file, value]) => `set_for_node ${file} ${value}`)
  .join("\n")}
mount --make-rshared /
ip link set lo up
ip link add node0 type veth peer name node1
ip addr add ${ADDRESSES.node}/${ADDRESSES.nodePrefix} dev node0
ip addr add ${ADDRESSES.apiserver}/24 dev node0
ip link set node1 up
ip link set node0 up
ip route add default via ${ADDRESSES.router} dev node0 onlink src ${ADDRESSES.node}
echo 1 > /proc/sys/net/ipv4/ip_forward
[ ! -e /proc/sys/net/bridge/bridge-nf-call-iptables ] || echo 1 > /proc/sys/net/bridge/bridge-nf-call-iptables
`;

/** Network, mounts, processes, host name and IPC of a node. The first process of them ends all others with itself. */
export class Namespaces {
  private constructor(
    /** Of the first process, as the machine counts */
    public readonly pid: number,
    private readonly state: string,
  ) {}

  /**
   * @param init the program node-init
   * @param state folder of the node
   * @param held whether everything ends as soon as this process does, however it ends
   */
  public static async start(init: string, state: string, held: boolean): Promise<Namespaces> {
    const log = openSync(join(state, "init.log"), "a");
    const flags = [...UNSHARED, "--fork", "--kill-child", "--mount-proc", "--propagation", "private"];
    // Held, its standard input is a pipe from this process, which the kernel closes also where this process is killed.
    const unshare = spawn("unshare", [...flags, init, ...(held ? ["hold"] : [])], {
      detached: true,
      env: ENVIRONMENT,
      stdio: [held ? "pipe" : "ignore", log, log],
    });
    unshare.unref();
    // A pipe keeps the event loop alive.
    (unshare.stdin as unknown as { unref(): void } | null)?.unref();
    let pid = NaN;
    await until(
      () => {
        pid = childOf(unshare.pid as number) ?? NaN;
        return !Number.isNaN(pid);
      },
      START_SECONDS,
      () => `the node's namespaces are not there: ${readFileSync(join(state, "init.log"), "utf8")}`,
    );
    const made = new Namespaces(pid, state);
    try {
      await succeed("nsenter", [...made.entering(), "sh", "-c", PREPARE, "prepare", state]);
    } catch (error) {
      await made.end();
      throw error;
    }
    return made;
  }

  /** Those of a node that was started before, whose first process this is */
  public static of(pid: number, state: string): Namespaces {
    return new Namespaces(pid, state);
  }

  /** Run a program of the node to its end. */
  public run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return run("nsenter", [...this.entering(), command, ...args], options);
  }

  /** A command in the node's network alone: it sees the files of this machine. */
  public onNetwork(...command: readonly string[]): readonly [command: string, ...args: string[]] {
    // A proxy of the machine is not reached from there.
    const direct = ["env", ...PROXIES.flatMap((variable) => ["--unset", variable])];
    return ["nsenter", "--target", String(this.pid), "--net", ...direct, ...command];
  }

  /** Start a program that stays, a child of the node's first process. What it says is in its log. */
  public async keep(name: string, command: string, args: readonly string[]): Promise<void> {
    const clean = Object.entries(ENVIRONMENT).map(([variable, value]) => `${variable}=${value}`);
    const script = 'log=$1; shift; exec setsid --fork env -i "$@" >> "$log" 2>&1 < /dev/null';
    const kept = [this.logOf(name), ...clean, command, ...args];
    await succeed("nsenter", [...this.entering(), "sh", "-c", script, "keep", ...kept]);
  }

  public logOf(name: string): string {
    return join(this.state, "logs", `${name}.log`);
  }

  /** End everything in it at once: the kernel ends the first process after all others. */
  public async end(): Promise<void> {
    if (this.signal("SIGKILL")) await until(() => !this.signal(0), END_SECONDS, `process ${this.pid} has not ended`);
  }

  private signal(signal: NodeJS.Signals | 0): boolean {
    try {
      return process.kill(this.pid, signal);
    } catch {
      return false;
    }
  }

  private entering(): readonly string[] {
    return ["--target", String(this.pid), ...UNSHARED];
  }
}

function childOf(pid: number): number | undefined {
  try {
    const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ");
    return child === undefined || child === "" ? undefined : Number(child);
  } catch {
    return undefined;
  }
}
