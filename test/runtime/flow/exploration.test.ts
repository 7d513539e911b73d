import { IS_DEEP } from "../../support/depth";
import { FLOW_AGENTS } from "../../support/exchange/flow-fleet";
import { explored } from "../../support/exchange/flow-exploration";
import type { Scope } from "../../support/exchange/flow-moves";

/** It waits for as long as it takes on a busy machine. */
const DEEP_MILLISECONDS = 3_600_000;

const plain = { agents: FLOW_AGENTS, mostRuns: 2, mostHanded: 0, timeless: true, waits: [] } as const;

test.each<readonly [string, number, Scope]>([
  ["read and post, for two users", 8, { ...plain, tasks: ["work"], deeds: ["read", "post"], by: ["ada", "bob"] }],
  [
    "read and post, for one user",
    8,
    { ...plain, tasks: ["work"], deeds: ["read", "post"], by: ["ada"], waits: [2_000] },
  ],
  ["credentials", 7, { ...plain, tasks: ["work", "load", "publish"], deeds: [], by: ["ada"], waits: [1_300] }],
  [
    "credentials of what agents start by themselves",
    8,
    { ...plain, agents: ["ann"], tasks: ["load", "publish"], deeds: [], by: ["ada", "bob", "self"], waits: [1_300] },
  ],
  [
    "what strangers wrote",
    7,
    { ...plain, mostRuns: 1, tasks: ["work"], deeds: ["intake", "pay"], by: ["ada", "event"], waits: [2_000] },
  ],
])(
  "nothing flows down in any state that is reached: %s",
  async (name, most, scope) => {
    const began = process.cpuUsage().user;
    const { states, depth, moves, whole } = await explored(scope, IS_DEEP ? most : 4);
    if (IS_DEEP) {
      const reached = whole ? "all of them" : `all of them to depth ${depth}`;
      process.stderr.write(
        `${name}: ${states} states, depth ${depth}, ${moves} moves, ${Math.round((process.cpuUsage().user - began) / 1e6)} CPU-seconds, ${reached}\n`,
      );
    }
    expect(states).toBeGreaterThan(10);
  },
  DEEP_MILLISECONDS,
);
