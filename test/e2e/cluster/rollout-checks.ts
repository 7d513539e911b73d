import { deepStrictEqual as equal, match, ok } from "node:assert";
import type { Check, Suite } from "../harness/suite";
import { KubeError, type KubeObject } from "../spire/kube-client";
import type { Control } from "./control-checks";
import { podsOfPart, replaced, restart, whileRegistering } from "./control-rollout";
import { evict } from "./evict";
import type { OneNode } from "./one-node";
import { whileItWorks } from "./working-agent";

const EXCHANGE = "ambit-exchange";
const GATEWAY = "ambit-gateway";

type Note = (text: string) => void;

/** Pods of the control plane are replaced while an agent works. */
export function rolloutChecks(suite: Suite, node: Check<OneNode>, control: Control, containers: Check): void {
  const { clerk, front } = control;
  suite.check(
    "rollout: exchange and gateway are replaced, and one is evicted, under load, and no valid request fails",
    [node, front, clerk, containers],
    async ([on, { login }, pod], note) => {
      await whileItWorks({ on, pod, login }, note, () =>
        whileRegistering(on, async () => {
          const exchange = async (): Promise<void> => {
            await rolled(on, EXCHANGE, note);
            await drained(on, note);
          };
          // The gateway drains for longer than the exchange takes for both.
          await Promise.all([rolled(on, GATEWAY, note), exchange()]);
        }),
      );
    },
  );
}

async function rolled(on: OneNode, name: string, note: Note): Promise<void> {
  const before = (await podsOfPart(on, name)).map(nameOf);
  await restart(on, name);
  const seconds = await replaced(on, name, before);
  note(`${before.length} pods of ${name} are replaced after ${seconds.toFixed(1)} s`);
}

/** The budget lets one exchange be evicted, and the other not before there is a new one. */
async function drained(on: OneNode, note: Note): Promise<void> {
  const [one, other, ...more] = await podsOfPart(on, EXCHANGE);
  ok(one !== undefined && other !== undefined && more.length === 0, "there are not two exchanges");
  await evict(on, one);
  const refusal = await evict(on, other).then(
    () => undefined,
    (error: unknown) => error,
  );
  ok(refusal instanceof KubeError, "the second is evicted too");
  equal([refusal.code, refusal.reason], [429, "TooManyRequests"]);
  match(refusal.message, /would violate the pod's disruption budget/);
  const seconds = await replaced(on, EXCHANGE, [nameOf(one)]);
  note(
    `one that was evicted is replaced after ${seconds.toFixed(1)} s; the other was not to be evicted meanwhile (429)`,
  );
}

function nameOf({ metadata }: KubeObject): string {
  return metadata.name;
}
