import { isAccepted } from "./bench";
import { auditText } from "./report";

const result = (one: number, two: number, trace = 300) => ({
  machine: "a machine",
  busy: 0.5,
  records: 1_000_000,
  comparisons: [
    { what: "one thread", unit: "ms", ambit: [one, one], plain: [1_000, 1_000], limit: 2.5 },
    { what: "two threads", unit: "ms", ambit: [two, two], plain: [1_000, 1_000], limit: 1.5 },
  ] as const,
  traces: [trace, trace],
});

test("each number of threads has its own limit, beside the time of fsck", () => {
  expect(isAccepted(result(2_500, 1_500))).toBe(true);
  const text = auditText(result(2_500, 1_500));
  expect(text).toContain("a machine, load average 0.5 at the start, a log of 1,000,000 records, 2 rounds:");
  expect(text).toMatch(
    /verify, one thread +\| 2500 ms +\| 1000 ms \| 2\.50 +\| 2\.50 to 2\.50 +\| at most 2\.5 +\| met/,
  );
});

test.each([
  [2_501, 1_000],
  [1_000, 1_501],
])("fails when verifying takes %i ms with one thread, and %i with two", (one, two) => {
  expect(isAccepted(result(one, two))).toBe(false);
  expect(auditText(result(one, two))).toContain("missed");
});

test("a transaction is traced within a second", () => {
  expect(isAccepted(result(1_000, 1_000, 1_000))).toBe(true);
  expect(auditText(result(1_000, 1_000, 1_000))).toMatch(/trace +\| 1000 ms .*at most 1000 ms \| met/);
});

test("fails when tracing a transaction takes longer than a second", () => {
  expect(isAccepted(result(1_000, 1_000, 1_001))).toBe(false);
  expect(auditText(result(1_000, 1_000, 1_001))).toMatch(/trace .*missed/);
});
