import fc from "fast-check";
import { unitsOf, UNITS_PER_ONE } from "../../domain";
import { MOST_UNITS } from "../../domain/amount";
import { depth } from "../support/depth";

test.each([
  [0, 0],
  [-0, 0],
  [1, 10_000],
  [0.0001, 1],
  [19.99, 199_900],
  [0.3, 3_000],
  [4_999.9999, 49_999_999],
  [100_000_000_000, MOST_UNITS],
])("%d is %d units", (amount, units) => {
  expect(unitsOf(amount)).toBe(units);
});

test.each([
  0.000_01,
  0.1 + 0.2,
  1.000_05,
  -0.000_1,
  -1,
  100_000_000_000.000_1,
  Number.MAX_SAFE_INTEGER,
  Number.MAX_VALUE,
  Number.MIN_VALUE,
  Infinity,
  -Infinity,
  NaN,
])("fails when the amount is %d: units do not hold it exactly", (amount) => {
  expect(unitsOf(amount)).toBeUndefined();
});

test.each<unknown>(["1", "", null, undefined, true, [1], {}, 1n, { valueOf: () => 1 }])(
  "fails when the amount is %p, which is no number",
  (amount) => {
    expect(unitsOf(amount)).toBeUndefined();
  },
);

const units = fc.integer({ min: 0, max: MOST_UNITS });
/** The amount as a request writes it, with four decimal places */
const written = (count: number): number =>
  Number(`${Math.floor(count / UNITS_PER_ONE)}.${String(count % UNITS_PER_ONE).padStart(4, "0")}`);

test("every amount of four decimal places has its units, exactly", () => {
  fc.assert(
    fc.property(units, (count) => expect(unitsOf(written(count))).toBe(count)),
    { numRuns: depth(2_000) },
  );
});

test("sums in units are exact, in any order", () => {
  const some = fc.array(fc.integer({ min: 0, max: 1_000_000_000 }), { maxLength: 50 });
  fc.assert(
    fc.property(some, (counts) => {
      const sum = counts.map((count) => unitsOf(written(count)) as number).reduce((left, right) => left + right, 0);
      const exact = counts.reduce((left, right) => left + BigInt(right), 0n);
      expect(BigInt(sum)).toBe(exact);
    }),
  );
});

test("what has units is written back as the same number, and nothing else has any", () => {
  const amounts = fc.oneof(fc.double(), fc.double({ min: 0, max: 1e11 }), units.map(written));
  fc.assert(
    fc.property(amounts, (amount) => {
      const found = unitsOf(amount);
      if (found === undefined) return;
      expect(Number.isSafeInteger(found) && found >= 0 && found <= MOST_UNITS).toBe(true);
      expect(written(found)).toBe(Math.abs(amount));
    }),
    { numRuns: depth(2_000) },
  );
});
