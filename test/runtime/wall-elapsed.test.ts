import fc from "fast-check";
import { wallElapsed } from "../../runtime/wall-elapsed";
import "../support/depth";

/** What is told at each of these times of the wall clock, the first of which is the beginning */
function toldAt(times: readonly number[]): readonly number[] {
  let index = 0;
  const elapsed = wallElapsed(() => times[index] as number);
  return times.map((_, at) => ((index = at), elapsed()));
}

test("it counts what the wall clock counts", () => {
  expect(toldAt([1_000, 1_000, 1_500, 61_500])).toEqual([0, 0, 500, 60_500]);
});

test("what was known before the clock was set back is a day old, and counting goes on from there", () => {
  expect(toldAt([3_600_000, 3_599_999, 3_600_999])).toEqual([0, 86_400_000, 86_401_000]);
});

test("it never goes back, even if the wall clock does", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 2 }), (times) => {
      const told = toldAt(times);
      expect(told).toEqual([...told].sort((a, b) => a - b));
    }),
  );
});
