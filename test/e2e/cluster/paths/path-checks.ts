import { deepStrictEqual as equal, ok } from "node:assert";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Check, Suite } from "../../harness/suite";
import type { Control } from "../control-checks";
import type { OneNode } from "../one-node";
import { PODS, PORTS, unknownNames } from "./expected";
import { strangerOn } from "../spire-checks";
import { makeOutside, networksByAddress, removeOutside } from "./networks";
import { isOfKind, podsOfKinds, portsOf, renderedPods } from "./pods";
import { PROBE, type Probe } from "./probe";
import { placesOf, type Task, tasksOf } from "./tasks";

/** Every path that packets can take between the pods, their node and hosts outside, each tried */
export function pathChecks(suite: Suite, node: Check<OneNode>, { clerk, exchange, opa, gateway }: Control): Check {
  suite.check("paths: the table knows every pod that is rendered, and its ports", [], () => {
    equal(unknownNames(), []);
    for (const pods of renderedPods()) {
      const { name, namespace, template } = pods;
      const kind = Object.values(PODS).find((one) => isOfKind(one, namespace, template.metadata.labels));
      ok(kind !== undefined, `network-paths.json has no row for the pods of ${namespace}/${name}`);
      const lacking = portsOf(pods).filter((port) => !PORTS.includes(port));
      equal(lacking, [], `ports of ${namespace}/${name} that network-paths.json does not try`);
    }
  });

  return suite.check(
    "paths: what the design lets pass does, and no other packet, in either direction",
    [node, clerk, exchange, opa, gateway],
    ([on], note) => pathsHold(on, note),
  ) as Check;
}

/**
 * Try every path of the table, and those that it does not have.
 *
 * @param without kinds of pods that may not be there now @default none
 * @throws Error that names each path that is other than the table says
 */
export async function pathsHold(
  on: OneNode,
  note: (text: string) => void,
  without: readonly string[] = [],
): Promise<void> {
  await strangerOn(on);
  const { addresses, made } = await podsOfKinds(on, without);
  const folder = join(on.folder, "paths");
  mkdirSync(folder);
  await makeOutside(on);
  try {
    const places = await placesOf(on, addresses, await networksByAddress(on));
    const tasks = tasksOf(folder, places);
    const wrong = (await Promise.all(tasks.map((task) => probed(on, task)))).flat();
    const probes = tasks.flatMap((task) => task.probes);
    const open = probes.filter(({ opens }) => opens).length;
    note(
      `${open} paths pass, ${probes.length - open} do not: ${Object.keys(addresses).length} pods, their Services, node and hosts outside`,
    );
    note(`not running here, so their labels alone: ${made.map(({ metadata }) => metadata.name).join(", ")}`);
    const told = wrong.map(({ path, opens }) => `${path} ${opens ? "should pass" : "passes, and should not"}`);
    if (told.length > 0) throw new Error(told.join("\n"));
  } finally {
    for (const one of made) await on.client("deployer").delete(one);
    await removeOutside(on);
    rmSync(folder, { recursive: true });
  }
}

/** What of a task is other than expected */
async function probed(on: OneNode, { network, ...task }: Task): Promise<readonly Probe[]> {
  const file = join(task.folder, `${task.name}.json`);
  writeFileSync(file, JSON.stringify(task));
  const within = network === undefined ? [] : ["nsenter", `--net=${network}`];
  const [command = "", ...args] = [...within, process.execPath, "-e", PROBE, file];
  const { code, stdout, tail } = await on.namespaces.run(command, args);
  if (code !== 0) throw new Error(`the paths from ${task.name} are not tried: ${tail}`);
  return JSON.parse(stdout) as readonly Probe[];
}
