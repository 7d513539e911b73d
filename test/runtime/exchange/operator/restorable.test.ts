import { restorableSeconds } from "../../../../runtime/exchange/operator/restorable";
import type { FleetAgent, FleetTask } from "../../../../runtime/registry/registry";
import { exampleFleet } from "../../../support/exchange/example-fleet";
import { agentOf } from "../../../support/exchange/orders-world";

const HOUR = 3_600;
const CLOCKS = 60;
const EDGE = { depth: 3, sensitivity: 1, ttlSeconds: 300, actions: "any" } as const;

/** A task of 15 min that people may be asked about for so long, and that hands work on to these */
function taskOf(asked: number | undefined, ...delegates: readonly string[]): FleetTask {
  const [task] = agentsTasks();
  const approval =
    asked === undefined ? undefined : { group: "g", requestOpenSeconds: asked, decisionGoodForSeconds: 300 };
  const edges = new Map(delegates.map((name) => [name, EDGE]));
  return { ...task, ttlSeconds: 900, startedBy: ["delegation"], approval, delegates: edges };
}

function agentsTasks(): readonly [FleetTask] {
  const task = exampleFleet.agentNamed("support-triage")?.tasks.get("refund");
  if (task === undefined) throw new Error("no such task");
  return [task];
}

const agent = (task: FleetTask): FleetAgent => agentOf({ tasks: new Map([["work", task]]) });

/** Of `first`, which delegates to `second`, which delegates to `third` */
function waited(
  startedBy: FleetTask["startedBy"],
  asked: { readonly second?: number; readonly third?: number },
): number {
  const agents = new Map([
    ["first", agent({ ...taskOf(undefined, "second.work"), startedBy })],
    ["second", agent(taskOf(asked.second, "third.work", "gone.work"))],
    ["third", agent(taskOf(asked.third, "second.work"))],
  ]);
  const fleet = { agentNamed: (name: string) => agents.get(name) };
  return restorableSeconds(fleet, agents.get("first")) - CLOCKS;
}

test.each(["schedule", "event"] as const)(
  "behind a token of a %s what a delegate is asked about is waited out",
  (start) => {
    expect(waited([start], { second: 2 * HOUR })).toBe(2 * HOUR + 300);
    expect(waited([start], { third: 24 * HOUR })).toBe(24 * HOUR + 300);
    expect(waited([start], { second: 3 * HOUR, third: 2 * HOUR })).toBe(3 * HOUR + 300);
  },
);

test("delegates without approvals add no waiting time", () => {
  expect(waited(["schedule"], {})).toBe(900);
});

test.each(["user", "delegation", "agent"] as const)(
  "a start by %s has no start token to use again, so only its own requests count",
  (start) => {
    expect(waited([start], { second: 24 * HOUR })).toBe(start === "user" ? HOUR : 900);
  },
);
