import type { Measures } from "../stopwatch";
import type { CoverageResult } from "./bench";
import { coverageRows, isAccepted } from "./result";

const took = (steps: Readonly<Record<string, number>>): Measures => ({
  steps: Object.fromEntries(Object.entries(steps).map(([name, cpu]) => [name, { wall: 2 * cpu, cpu }])),
  peakBytes: 0,
});
const result = (coverage: number): CoverageResult => ({
  machine: "a machine",
  busy: 0,
  agents: 10_000,
  parse: [took({ parse: 500 })],
  coverage: [took({ read: 400, coverage, json: 100 })],
});

test("reading, coverage and JSON together are held to the parsing of the same files", () => {
  expect(coverageRows(result(500))[1]).toEqual([
    "10,000 agents",
    "500 ms",
    "400 ms",
    "500 ms",
    "100 ms",
    "2.00",
    "2.00 to 2.00",
    "at most 2",
    "met",
  ]);
  expect(isAccepted(result(500))).toBe(true);
});

test("fails where it takes longer", () => {
  expect(coverageRows(result(600))[1]?.at(-1)).toBe("missed");
  expect(isAccepted(result(600))).toBe(false);
});
