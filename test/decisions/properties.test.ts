import fc from "fast-check";
import { type Answerer, byCedar, byOracle } from "../support/decisions/answerers";
import { recipes } from "../support/decisions/generated";
import { narrowed, NARROWINGS } from "../support/decisions/narrowings";
import { oracle } from "../support/decisions/oracle";
import { asked } from "../support/decisions/recipe";
import { depth } from "../support/depth";

// Thousands of decisions a test, on a machine that may be busy
jest.setTimeout(120_000);

const picks = fc.nat({ max: 1_000 });
/** Reasons that time alone brings, and never takes away */
const ENDINGS = ["agent.expired", "approval.over", "run.over", "session.idle", "session.over", "token.over"];

/** Always the same, so that what it holds is a fact */
const allowed = fc
  .sample(recipes, { numRuns: depth(6_000, 3_000), seed: 20_261_201 })
  .map(asked)
  .filter((one) => oracle(one).allow);

test.each(Object.entries(NARROWINGS))("%s denies something that was allowed", (_, narrowing) => {
  expect(allowed.some((one, pick) => !oracle(narrowed(one, narrowing, pick)).allow)).toBe(true);
});

describe.each<[string, Answerer]>([
  ["the rules' page", byOracle],
  ["Cedar", byCedar()],
])("by %s", (_, answer) => {
  test.each(Object.entries(NARROWINGS))("%s never allows what was denied", async (_, narrowing) => {
    await fc.assert(
      fc.asyncProperty(recipes, picks, async (recipe, pick) => {
        const wide = asked(recipe);
        const narrow = await answer(narrowed(wide, narrowing, pick));
        expect(narrow.allow && !(await answer(wide)).allow).toBe(false);
      }),
      { numRuns: depth(200) },
    );
  });

  test("what has ended stays ended", async () => {
    await fc.assert(
      fc.asyncProperty(recipes, fc.integer({ min: 1, max: 100_000 }), async (recipe, seconds) => {
        const now = asked(recipe);
        const later = { ...now, input: { ...now.input, time: now.input.time + seconds } };
        const ended = (await answer(now)).reasons.filter((code) => ENDINGS.includes(code));
        expect((await answer(later)).reasons).toEqual(expect.arrayContaining(ended));
      }),
      { numRuns: depth(200) },
    );
  });
});
