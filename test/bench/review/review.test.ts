import type { Measures } from "../stopwatch";
import { beyondParse, growthOf, type ReviewResult, timesOf } from "./bench";
import { patternQuestions } from "./pattern-questions";
import { isAccepted, limitRows, questionRows, sizeRows } from "./report";
import { timed } from "./timed-questions";

const took = (read: number, review: number): Measures => ({
  steps: { read: { wall: 2 * read, cpu: read }, review: { wall: 2 * review, cpu: review } },
  peakBytes: 100e6,
});
const times = { count: 10, median: 5, worst: 1_000, unknown: 0 };
const result: ReviewResult = {
  machine: "a machine",
  busy: 0,
  sizes: [
    { agents: 1_000, parse: [took(100, 0)], review: [took(300, 500)] },
    { agents: 10_000, parse: [took(1_000, 0)], review: [took(2_000, 6_000)] },
  ],
  command: [took(0, 900)],
  boundary: [took(1_000, 6_000)],
  questions: [{ decide: times, policies: times, patterns: times }],
  start: { ambit: [100, 130], node: [40, 50] },
};

test("a review costs so many times the parsing of what it reads, and something for each agent", () => {
  expect(result.sizes.map(beyondParse)).toEqual([[500], [5_000]]);
  expect(beyondParse({ agents: 1, parse: [took(100, 0)], review: [took(100, 100)] })).toEqual([0]);
  expect(growthOf(result.sizes)).toBeCloseTo(1);
  expect(sizeRows(result).map((row) => row.at(-1))).toEqual(["beyond 3 × parse, per agent", "500 µs", "500 µs", ""]);
});

test("time is what the process spent, or what the clock says", () => {
  expect(timesOf([took(1, 2)])).toEqual([3]);
  expect(timesOf([took(1, 2)], "wall")).toEqual([6]);
});

test("each promise is held to its limit, and one that is not kept fails the bench", () => {
  expect(limitRows(result).map((row) => row.at(-1))).toEqual(["", ...Array<string>(10).fill("met")]);
  expect(isAccepted(result)).toBe(true);
  const slow = { ...result, boundary: [took(1_000, 7_000)] };
  expect(limitRows(slow)[4]).toEqual([
    "a boundary that reaches 10,000, on the clock",
    "16 s",
    "",
    "at most 15 s",
    "missed",
  ]);
  expect(isAccepted(slow)).toBe(false);
});

test("what was not measured is not judged", () => {
  const quick = { ...result, boundary: [] };
  expect(isAccepted(quick)).toBe(true);
  expect(limitRows(quick)).toHaveLength(limitRows(result).length - 1);
  expect(sizeRows(quick)).toHaveLength(3);
});

test("questions that are given up on are counted", () => {
  const answers = [true, false, true];
  const { count, unknown, median, worst } = timed(
    answers.map((answer) => ({ ask: () => answer, isUnknown: () => !answer })),
  );
  expect({ count, unknown }).toEqual({ count: 3, unknown: 1 });
  expect(median).toBeLessThanOrEqual(worst);
  expect(questionRows(result)[1]).toEqual(["is a request allowed", "10", "5 µs", "1 ms", "0"]);
});

test("random patterns are the same at each run", () => {
  const texts = (): string => JSON.stringify(patternQuestions().map(({ some }) => some.map(({ pattern }) => pattern)));
  expect(texts()).toBe(texts());
});
