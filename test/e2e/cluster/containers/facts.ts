import type { OneNode } from "../one-node";
import type { RunningContainer } from "./running";

/** What the kernel says of a container's first process */
export interface Facts {
  /** Of /proc/<pid>/status, by name */
  readonly status: Readonly<Record<string, string>>;
  /** Where the process itself may write, of the paths that were tried; else what the kernel says */
  readonly writes: Readonly<Record<string, string>>;
  /** Mounts that are not read-only, and that the process may write to */
  readonly writable: readonly string[];
  readonly hasToken: boolean;
  readonly memory: { readonly limit: number; readonly used: number; readonly most: number };
  readonly cpu: { readonly quota: number; readonly period: number; readonly throttledSeconds: number };
}

/** Reads it as root of the node, and tries to write as the user of the process, through its own view of the files. */
const READ = `
const { execFileSync, spawnSync } = require("node:child_process");
const { existsSync, readFileSync } = require("node:fs");
const text = (path) => readFileSync(path, "utf8").trim();

function written(root, path, uid, gid) {
  const file = root + (path === "/" ? "" : path) + "/written-by-a-test";
  const { status, stderr } = spawnSync("touch", [file], { uid, gid, encoding: "utf8" });
  if (status === 0) spawnSync("rm", [file], { uid, gid });
  return status === 0 ? "written" : (/: ([A-Z][\\w -]+)$/m.exec(stderr.trim()) ?? ["", stderr])[1];
}

// Devices and /proc are in every container, and the kernel goes by the user there.
const OF_KERNEL = /^\\/(proc|dev|sys)(\\/|$)/;
const mayWrite = (file, uid, gid) => spawnSync("test", ["-w", file], { uid, gid }).status === 0;

function factsOf({ pid, uid, gid, paths }) {
  const proc = "/proc/" + pid;
  const root = proc + "/root";
  const status = Object.fromEntries(text(proc + "/status").split("\\n").map((line) => line.split(":\\t")));
  const group = (name) => {
    const line = text(proc + "/cgroup").split("\\n").find((one) => one.split(":")[1].split(",").includes(name));
    return "/sys/fs/cgroup/" + name + line.split(":")[2];
  };
  const number = (name, file) => Number(text(group(name) + "/" + file));
  const stat = (name, file) => Object.fromEntries(text(group(name) + "/" + file).split("\\n").map((line) => line.split(" ")));
  const mounts = text(proc + "/mountinfo").split("\\n").map((line) => line.split(" "));
  return {
    status,
    writes: Object.fromEntries(paths.map((path) => [path, written(root, path, uid, gid)])),
    writable: mounts
      .filter(([, , , , path, options]) => !options.split(",").includes("ro") && !OF_KERNEL.test(path))
      .map(([, , , , path]) => path)
      .filter((path) => mayWrite(root + path, uid, gid)),
    hasToken: existsSync(root + "/var/run/secrets/kubernetes.io/serviceaccount/token"),
    memory: {
      limit: number("memory", "memory.limit_in_bytes"),
      used: number("memory", "memory.usage_in_bytes") - Number(stat("memory", "memory.stat").total_inactive_file),
      most: number("memory", "memory.max_usage_in_bytes"),
    },
    cpu: {
      quota: number("cpu", "cpu.cfs_quota_us"),
      period: number("cpu", "cpu.cfs_period_us"),
      throttledSeconds: Number(stat("cpu", "cpu.stat").throttled_time) / 1e9,
    },
  };
}
console.log(JSON.stringify(JSON.parse(process.argv[1]).map(factsOf)));
`;

export async function factsOf(on: OneNode, all: readonly RunningContainer[]): Promise<readonly Facts[]> {
  const asked = all.map(({ pid, pod: { securityContext }, container: { volumeMounts = [] } }) => ({
    pid,
    uid: securityContext.runAsUser,
    gid: securityContext.runAsGroup,
    paths: ["/", ...volumeMounts.map(({ mountPath }) => mountPath)],
  }));
  const { code, stdout, tail } = await on.namespaces.run(process.execPath, ["-e", READ, JSON.stringify(asked)]);
  if (code !== 0) throw new Error(`nothing is known of the containers: ${tail}`);
  return JSON.parse(stdout) as readonly Facts[];
}
