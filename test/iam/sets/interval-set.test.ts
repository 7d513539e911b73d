import fc from "fast-check";
import { type Interval, IntervalSet } from "../../../iam/sets/interval-set";
import "../../support/depth";

const UNIVERSE: Interval = { from: -10n, to: 10n };
const POINTS = Array.from({ length: 21 }, (_, index) => BigInt(index - 10));

const end = fc.bigInt({ min: -10n, max: 10n });
const intervals = fc.array(fc.record({ from: end, to: end }), { maxLength: 5 });

const pointsOf = (set: IntervalSet): readonly bigint[] => POINTS.filter((point) => set.has(point));
const covers = (list: readonly Interval[], point: bigint): boolean =>
  list.some(({ from, to }) => from <= point && point <= to);

test("joins intervals that overlap or touch, in ascending order", () => {
  const set = IntervalSet.of([
    { from: 7n, to: 9n },
    { from: 1n, to: 3n },
    { from: 2n, to: 5n },
    { from: 6n, to: 6n },
    { from: 20n, to: 20n },
  ]);
  expect(set.intervals).toEqual([
    { from: 1n, to: 9n },
    { from: 20n, to: 20n },
  ]);
});

test("keeps apart what has a gap of one", () => {
  const set = IntervalSet.of([
    { from: 1n, to: 1n },
    { from: 3n, to: 3n },
  ]);
  expect(set.has(2n)).toBe(false);
  expect(set.intervals).toHaveLength(2);
});

test("an interval that ends before it begins holds nothing", () => {
  expect(IntervalSet.of([{ from: 2n, to: 1n }]).isEmpty).toBe(true);
  expect(IntervalSet.of([]).isEmpty).toBe(true);
});

test("the complement of everything is nothing, and of nothing everything", () => {
  expect(IntervalSet.of([UNIVERSE]).complement(UNIVERSE).isEmpty).toBe(true);
  expect(IntervalSet.of([]).complement(UNIVERSE).intervals).toEqual([UNIVERSE]);
});

test("the complement stays in its universe where the set does not", () => {
  const beyond = IntervalSet.of([
    { from: -30n, to: -20n },
    { from: -12n, to: -8n },
    { from: 9n, to: 30n },
    { from: 40n, to: 50n },
  ]);
  expect(beyond.complement(UNIVERSE).intervals).toEqual([{ from: -7n, to: 8n }]);
});

test("does not change the list that it was made from", () => {
  const list = Object.freeze([
    { from: 3n, to: 4n },
    { from: 1n, to: 2n },
  ]);
  expect(IntervalSet.of(list).intervals).toEqual([{ from: 1n, to: 4n }]);
  expect(list[0]).toEqual({ from: 3n, to: 4n });
});

test("tells integers apart that are one to a double", () => {
  const set = IntervalSet.of([{ from: 2n ** 128n, to: 2n ** 128n }]);
  expect(set.has(2n ** 128n)).toBe(true);
  expect(set.has(2n ** 128n + 1n)).toBe(false);
});

test("has exactly the integers of its intervals", () => {
  fc.assert(
    fc.property(intervals, (list) => {
      expect(pointsOf(IntervalSet.of(list))).toEqual(POINTS.filter((point) => covers(list, point)));
    }),
  );
});

test("the intersection has what both have", () => {
  fc.assert(
    fc.property(intervals, intervals, (a, b) => {
      const both = IntervalSet.of(a).intersect(IntervalSet.of(b));
      expect(pointsOf(both)).toEqual(POINTS.filter((point) => covers(a, point) && covers(b, point)));
    }),
  );
});

test("the complement has what the set has not", () => {
  fc.assert(
    fc.property(intervals, (list) => {
      const rest = IntervalSet.of(list).complement(UNIVERSE);
      expect(pointsOf(rest)).toEqual(POINTS.filter((point) => !covers(list, point)));
    }),
  );
});

test("equal sets have equal intervals", () => {
  fc.assert(
    fc.property(intervals, (list) => {
      const set = IntervalSet.of(list);
      const byPoint = IntervalSet.of(pointsOf(set).map((point) => ({ from: point, to: point })));
      expect(byPoint.intervals).toEqual(set.intervals);
    }),
  );
});
