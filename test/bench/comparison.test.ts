import { exponentOf, isWithin, median, ratioOf } from "./comparison";

test("a ratio is the median of the ratios of the rounds", () => {
  const comparison = { what: "time", unit: "ms", ambit: [2, 30, 3], plain: [1, 10, 3] } as const;
  expect(ratioOf(comparison)).toEqual({ median: 2, lowest: 1, highest: 3 });
  expect(isWithin({ ...comparison, limit: 2 })).toBe(true);
  expect(isWithin({ ...comparison, limit: 1.9 })).toBe(false);
  expect(isWithin(comparison)).toBe(true);
});

test("the median of an even number of values lies between the two in the middle", () => {
  expect([median([3, 1, 2]), median([4, 1, 3, 2])]).toEqual([2, 2.5]);
});

test("the exponent of growth is the slope between logarithms", () => {
  const sizes = [100, 1_000, 10_000];
  expect(exponentOf(sizes.map((size) => [size, 7 * size]))).toBeCloseTo(1);
  expect(exponentOf(sizes.map((size) => [size, size ** 2]))).toBeCloseTo(2);
});
