import { ok } from "node:assert";
import type { Check, Suite } from "../../harness/suite";
import { until } from "../../harness/until";
import type { Control } from "../control-checks";
import { SYSTEM, whileRegistering } from "../control-rollout";
import { isReady, type OneNode } from "../one-node";
import { factsOf } from "./facts";
import { flawsOf, usageOf } from "./flaws";
import { type RunningContainer, runningContainers } from "./running";

const FEWEST = 10;
const READY_SECONDS = 240;

/**
 * What is rendered of a container's bounds, as the kernel has it
 *
 * @returns the check that all pods of the control plane are Ready, too
 */
export function containerChecks(suite: Suite, node: Check<OneNode>, { clerk, exchange, opa, gateway }: Control): Check {
  return suite.check(
    "containers: each runs within the bounds that are rendered, as the kernel says",
    [node, clerk, exchange, opa, gateway],
    async ([on], note) => {
      // The autoscalers add pods, which need entries like the first.
      await whileRegistering(on, () =>
        until(() => allReady(on), READY_SECONDS, "not all pods of the control plane are Ready"),
      );
      const all = await runningContainers(on);
      ok(all.length >= FEWEST, `only ${all.length} containers run`);
      const facts = await factsOf(on, all);
      const flaws = all.flatMap((one, index) => flawsOf(one, facts[index] as (typeof facts)[number]));
      if (flaws.length > 0) throw new Error([...flaws, ...(await storiesOf(on, all))].join("\n"));
      for (const [index, one] of all.entries()) note(usageOf(one, facts[index] as (typeof facts)[number]));
    },
  ) as Check;
}

/** Of pods of which a container started anew, to say why */
function storiesOf(on: OneNode, all: readonly RunningContainer[]): Promise<readonly string[]> {
  const restarted = all.filter(({ restarts }) => restarts > 0);
  return Promise.all(restarted.map(({ in: { namespace, name } }) => on.storyOf(namespace, name)));
}

async function allReady(on: OneNode): Promise<boolean> {
  return (await on.client("administrator").list("v1", "Pod", SYSTEM)).every(isReady);
}
