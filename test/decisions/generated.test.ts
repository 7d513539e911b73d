import fc from "fast-check";
import { checkInput, OBSERVABLE, REASONS, policyProblems } from "../../domain";
import { byCedar } from "../support/decisions/answerers";
import { recipes } from "../support/decisions/generated";
import { oracle } from "../support/decisions/oracle";
import { asked } from "../support/decisions/recipe";
import { depth } from "../support/depth";

/** Of a sample that is always the same, so that what it holds is a fact */
const SAMPLED = depth(6_000, 4_000);
const sample = fc.sample(recipes, { numRuns: SAMPLED, seed: 20_261_201 }).map(asked);
const RARELY = 0.003;

test("generated requests are of the contract, and their policies such as synth writes", () => {
  for (const { input, policy } of sample.slice(0, depth(SAMPLED))) {
    expect(checkInput(input)).toEqual({ ok: true, input });
    expect(policyProblems(policy)).toEqual([]);
  }
});

test("generated requests are allowed often enough, and refused for every reason", () => {
  const verdicts = sample.map(oracle);
  expect(verdicts.filter(({ allow }) => allow).length / SAMPLED).toBeGreaterThan(0.15);
  const refusing = verdicts.flatMap(({ reasons }) => reasons);
  const rules = Object.keys(REASONS).filter((code) => !/^(input|engine)\./.test(code));
  const rare = rules.filter((rule) => refusing.filter((code) => code === rule).length < RARELY * SAMPLED);
  expect(rare).toEqual([]);
  expect([...new Set(verdicts.flatMap(({ observed }) => observed))].sort()).toEqual([...OBSERVABLE].sort());
});

test("Cedar answers generated requests as the rules' page does", async () => {
  const cedar = byCedar();
  await fc.assert(
    fc.asyncProperty(recipes, async (recipe) => {
      const one = asked(recipe);
      expect(await cedar(one)).toEqual(oracle(one));
    }),
    { numRuns: depth(2_000) },
  );
});
