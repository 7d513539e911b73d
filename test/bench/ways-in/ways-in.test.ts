import type { Load } from "../gateway/load";
import { limitRows, processRows, sideRows, waysInText } from "./report";
import { ALLOW, AMBIT, ENVOY, failures, isAccepted, LARGE, type WaysInResult } from "./result";

/** 100 answers in a second, each of which takes so many microseconds of each process */
function load(byProcess: readonly number[], failed = 0): Load {
  const cpuMicroseconds = byProcess.reduce((sum, one) => sum + one, 0);
  const times = { p50Milliseconds: 5, p99Milliseconds: 12.34 };
  return { answers: 100, failed, seconds: 1, cpuMicroseconds, byProcess, ...times };
}

const result: WaysInResult = {
  machine: "a machine",
  busy: 0,
  loads: {
    [ENVOY]: [load([100, 300]), load([100, 400]), load([200, 300])],
    [ALLOW]: [load([200, 400, 400]), load([200, 400, 400]), load([200, 400, 400])],
    [AMBIT]: [load([200, 500, 500]), load([100, 400, 500]), load([200, 600, 600])],
    [LARGE]: [load([200, 500, 500]), load([100, 400, 600]), load([200, 600, 600])],
  },
  processes: {
    [ENVOY]: ["Envoy", "the agent's own code"],
    [ALLOW]: ["Envoy", "companion", "the agent's own code"],
    [AMBIT]: ["Envoy", "companion", "the agent's own code"],
    [LARGE]: ["Envoy", "companion", "the agent's own code"],
  },
  routes: { loadedSeconds: 2.34, addedSeconds: 1, envoyBytes: 12_345, isEnvoyChanged: false },
};

const judged = (found: WaysInResult): readonly (string | undefined)[] => limitRows(found).map((row) => row.at(-1));

test("each chain is compared with Envoy alone, per round", () => {
  expect(sideRows(result).slice(1)).toEqual([
    [ENVOY, "100", "500 µs", "5.0", "12.3", "", ""],
    [ALLOW, "100", "1,000 µs", "5.0", "12.3", "2.00", "2.00 to 2.50"],
    [AMBIT, "100", "1,200 µs", "5.0", "12.3", "2.80", "2.00 to 3.00"],
    [LARGE, "100", "1,200 µs", "5.0", "12.3", "2.80", "2.20 to 3.00"],
  ]);
});

test("processes are shown beside those of the same name, by the chain that has all of them", () => {
  expect(processRows(result)).toEqual([
    ["processor, a request", ENVOY, ALLOW, AMBIT],
    ["Envoy", "100 µs", "200 µs", "200 µs"],
    ["companion", "", "400 µs", "500 µs"],
    ["the agent's own code", "300 µs", "400 µs", "500 µs"],
  ]);
});

test("each limit is met or missed", () => {
  expect(judged(result)).toEqual(["", "met", "", "met", "met", "met", "met", "met"]);
  expect(isAccepted(result)).toBe(true);
  expect(waysInText(result)).toContain("the same 12,345 bytes");
});

test.each<[string, Partial<WaysInResult>, number]>([
  [
    "a request takes too long",
    { loads: { ...result.loads, [AMBIT]: [load([9_000]), load([9_000]), load([9_000])] } },
    1,
  ],
  [
    "it takes longer in a large fleet",
    { loads: { ...result.loads, [LARGE]: [load([2_000]), load([2_000]), load([2_000])] } },
    3,
  ],
  ["the routes are late", { routes: { ...result.routes, loadedSeconds: 10.1 } }, 4],
  ["one more is late", { routes: { ...result.routes, addedSeconds: 10.1 } }, 5],
  ["one more changes Envoy", { routes: { ...result.routes, isEnvoyChanged: true } }, 6],
])("fails where %s", (_, change, row) => {
  const found = { ...result, ...change };
  expect(judged(found)[row]).toBe("missed");
  expect(isAccepted(found)).toBe(false);
});

test("fails where a request failed, in any chain", () => {
  for (const side of [ENVOY, ALLOW, AMBIT, LARGE]) {
    const [first, ...others] = result.loads[side] as readonly [Load, ...Load[]];
    const found = { ...result, loads: { ...result.loads, [side]: [{ ...first, failed: 2 }, ...others] } };
    expect([failures(found), judged(found).at(-1), isAccepted(found)]).toEqual([2, "missed", false]);
  }
});
