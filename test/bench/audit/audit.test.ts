import { isAccepted } from "./bench";
import { auditText } from "./report";

const result = (one: number, two: number) => ({
  machine: "a machine",
  busy: 0.5,
  records: 1_000_000,
  comparisons: [
    { what: "one thread", unit: "ms", ambit: [one, one], plain: [1_000, 1_000], limit: 2.5 },
    { what: "two threads", unit: "ms", ambit: [two, two], plain: [1_000, 1_000], limit: 1.5 },
  ] as const,
});

test("each number of threads has its own limit, beside the time of fsck", () => {
  expect(isAccepted(result(2_500, 1_500))).toBe(true);
  const text = auditText(result(2_500, 1_500));
  expect(text).toContain("a machine, load average 0.5 at the start, a log of 1,000,000 records, 2 rounds:");
  expect(text).toMatch(/one thread +\| 2500 ms +\| 1000 ms \| 2\.50 +\| 2\.50 to 2\.50 +\| at most 2\.5 +\| met/);
});

test.each([
  [2_501, 1_000],
  [1_000, 1_501],
])("fails when verifying takes %i ms with one thread, and %i with two", (one, two) => {
  expect(isAccepted(result(one, two))).toBe(false);
  expect(auditText(result(one, two))).toContain("missed");
});
