import { PARTS, schedulesOf, sentence } from "./schedules";

const SEEDS = [0, 1, 7, 2 ** 31 - 1];

test.each(SEEDS)("the same seed makes the same schedules, and fewer of them are the first of more (%d)", (seed) => {
  const all = schedulesOf(seed, 20);
  expect(all).toHaveLength(20);
  expect(schedulesOf(seed, 20)).toEqual(all);
  expect(schedulesOf(seed, 6)).toEqual(all.slice(0, 6));
});

test("another seed makes others", () => {
  const all = SEEDS.map((seed) => JSON.stringify(schedulesOf(seed, 20)));
  expect(new Set(all).size).toBe(SEEDS.length);
});

test.each(SEEDS)("nine of 20 schedules kill one part each, and eleven harm two different parts (%d)", (seed) => {
  const all = schedulesOf(seed, 20);
  const alone = all.filter((schedule) => schedule.length === 1).flat();
  expect(alone.map(({ part }) => part).sort()).toEqual([...PARTS].sort());
  expect(alone.every(({ harm }) => harm === "kill")).toBe(true);
  const pairs = all.filter((schedule) => schedule.length === 2);
  expect(pairs).toHaveLength(11);
  for (const [one, other] of pairs) expect(one?.part).not.toBe(other?.part);
});

test("beside another part AWS is cut off or stopped, and every other part killed or stopped", () => {
  const pairs = SEEDS.flatMap((seed) => schedulesOf(seed, 40)).filter(({ length }) => length === 2);
  const harms = (isAws: boolean): readonly string[] => [
    ...new Set(pairs.flat().flatMap(({ part, harm }) => ((part === "aws") === isAws ? [harm] : []))),
  ];
  expect([...harms(true)].sort()).toEqual(["cut", "stop"]);
  expect([...harms(false)].sort()).toEqual(["kill", "stop"]);
});

test("a schedule is said in a sentence", () => {
  expect(
    sentence([
      { part: "exchange", harm: "kill", after: 400, lasts: 2_000 },
      { part: "aws", harm: "cut", after: 900, lasts: 1_500 },
    ]),
  ).toBe("exchange killed after 400 ms, aws cut off for 1500 ms after 900 ms");
});
