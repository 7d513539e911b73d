import type { Measures } from "../stopwatch";
import type { InventoryResult } from "./bench";
import { inventoryRows, isAccepted } from "./report";

const measures = (steps: Readonly<Record<string, number>>): Measures => ({
  steps: Object.fromEntries(Object.entries(steps).map(([step, cpu]) => [step, { wall: 0, cpu }])),
  peakBytes: 0,
});
const result = (read: number): InventoryResult => ({
  machine: "test",
  sizes: [
    {
      agents: 10_000,
      parse: [measures({ parse: 100 }), measures({ parse: 200 })],
      inventory: [read, 2 * read].map((time) =>
        measures({ read: time, list: time, json: 5, csv: 5, markdown: 5, page: 5, cyclonedx: 5 }),
      ),
    },
  ],
});

test("reading and listing are compared with the parsing of the same round", () => {
  const [, row] = inventoryRows(result(90));
  expect(row?.slice(0, 4)).toEqual(["10,000 agents", "150 ms", "135 ms", "135 ms"]);
  expect(row?.slice(-2)).toEqual(["1.80 (1.80 to 1.80)", "met"]);
  expect(isAccepted(result(90))).toBe(true);
});

test("fails when they take twice as long as the parsing", () => {
  expect(inventoryRows(result(100))[1]?.at(-1)).toBe("missed");
  expect(isAccepted(result(100))).toBe(false);
});
