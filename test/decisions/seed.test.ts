import { seedOf } from "../support/seed";

const notes: string[] = [];
const seed = (given?: string): number => seedOf((text) => void notes.push(text), given);

test("a seed that is given is taken, and how to repeat the run is noted", () => {
  expect(seed("17")).toBe(17);
  expect(notes.at(-1)).toBe("seed 17, the same again with AMBIT_SEED=17");
  expect(seed("0")).toBe(0);
});

test.each([undefined, ""])("where none is given (%j) there is one that can be given again", (given) => {
  const found = seed(given);
  expect(notes.at(-1)).toBe(`seed ${found}, the same again with AMBIT_SEED=${found}`);
  expect(seed(String(found))).toBe(found);
});

test.each(["x", "-1", "1.5", "2147483648"])("fails for %s", (given) => {
  expect(() => seed(given)).toThrow(`AMBIT_SEED must be a whole number from 0 to 2147483647, got ${given}`);
});
