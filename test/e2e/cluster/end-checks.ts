import { deepStrictEqual as equal, ok } from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import { type Held, heldBy, leftOf, processesOf } from "./leftovers";
import type { OneNode } from "./one-node";
import type { NodePrograms } from "./programs";
import { groupOf, sweep } from "./state";

const END_SECONDS = 120;

/** Nothing of a node is left, whether it is stopped or its test is killed. */
export function endChecks(suite: Suite, node: Check<OneNode>, programs: Check<NodePrograms>): void {
  suite.check(
    "a node that is stopped leaves no process, mount, interface, cgroup and file",
    [node],
    async ([on], note) => {
      const held = heldBy(on.folder, on.namespaces.pid);
      ok(processesOf(held).length > 10, "the node has no processes");
      const begin = performance.now();
      await on.stop();
      note(`stopped after ${((performance.now() - begin) / 1000).toFixed(1)} s`);
      equal(leftOf(held), []);
    },
  );

  suite.check(
    "where its test is killed, its processes end with it, and the next start clears the rest",
    [programs],
    async () => {
      const held = await startedElsewhere();
      await until(
        () => processesOf(held).length === 0,
        END_SECONDS,
        () => `processes ${processesOf(held).join(", ")} live on`,
      );
      ok(sweep().includes(groupOf(held.folder)));
      equal(leftOf(held), []);
      equal(sweep(), []);
    },
  );
}

/** A node of a process that is killed when the node runs */
async function startedElsewhere(): Promise<Held> {
  const script = join(__dirname, "held-node.ts");
  const child = spawn(process.execPath, ["-r", "@swc-node/register", script], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const { folder, pid } = JSON.parse(line) as { readonly folder: string; readonly pid: number };
      return heldBy(folder, pid);
    }
    throw new Error("the other process started no node");
  } finally {
    child.kill("SIGKILL");
    await ended;
  }
}
