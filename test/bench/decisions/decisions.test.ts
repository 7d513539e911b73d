import { costOf, type DecisionsResult, growthOf } from "./bench";
import { benchPolicy } from "./fleets";
import { buildRows, flatRows, kindRows, weightRows } from "./report";
import { cycling, timedInTurns } from "./timed";

const result: DecisionsResult = {
  machine: "a machine",
  busy: 0,
  cedar: { "10": [100, 200, 100], "1000": [100, 200, 100], "10000": [110, 220, 300] },
  opa: { "10": [100, 100, 100], "1000": [100, 100, 100], "10000": [130, 131, 100] },
  kinds: { "permit-all": [10, 20, 10], call: [160, 300, 150], token: [161, 330, 170], other: [500, 500, 500] },
  weights: [
    { agents: 10, dataBytes: 8_000, bundleBytes: 7_000, memoryBytes: 50e6 },
    { agents: 1_010, dataBytes: 708_000, bundleBytes: 17_000, memoryBytes: 60e6 },
  ],
  builds: [
    [1_000, 100],
    [10_000, 1_500],
  ],
  exponent: 1.176,
  isAccepted: false,
};

test("ratios are taken per round, and their median is held to the limit", () => {
  expect(growthOf(result.cedar)).toEqual({ median: 1.1, lowest: 1.1, highest: 3 });
  expect(costOf(result.kinds, "call")).toEqual({ median: 15, lowest: 15, highest: 16 });
  expect(flatRows(result).map((row) => row.at(-1))).toEqual(["", "met", "missed"]);
  expect(kindRows(result).map((row) => [row[0], row[2], row.at(-1)])).toEqual([
    ["", "ratio", ""],
    ["one policy that permits everything", "", ""],
    ["call", "15.00", "met"],
    ["token", "16.50", "missed"],
    ["other", "50.00", ""],
  ]);
  expect(buildRows(result)[1]?.slice(-3)).toEqual(["1.18", "at most 1.15", "missed"]);
});

test("an agent weighs what it adds to the smallest fleet", () => {
  expect(weightRows(result).at(-1)).toEqual(["1,010 agents, each", "700 B", "10 B", "10,000 B"]);
});

test("everything is timed in every round, and warmed up before", async () => {
  const asked: string[] = [];
  const ask = (name: string) => () => void asked.push(name);
  const turns = { rounds: 3, questions: 50, warmUp: 25 };
  const times = await timedInTurns({ a: ask("a"), b: async () => ask("b")() }, turns);
  expect([times.a.length, times.b.length]).toEqual([3, 3]);
  expect(asked.slice(0, 50)).toEqual([...Array(25).fill("a"), ...Array(25).fill("b")]);
  expect(asked.length).toBe(2 * (25 + 3 * 50));
});

test("requests are asked one after the other, and again", () => {
  const asked: number[] = [];
  const ask = cycling([1, 2], (request) => asked.push(request));
  for (let times = 0; times < 3; times++) ask();
  expect(asked).toEqual([1, 2, 1]);
});

test("callers are drawn from the whole fleet", () => {
  const { calls, policy } = benchPolicy(40);
  const ids = Object.keys(policy.agents);
  expect(calls.map(({ agent }) => ids.indexOf(agent.spiffeId))).toEqual([0, 4, 8, 12, 16, 20, 24, 28, 32, 36]);
});
