import fc from "fast-check";
import { applied } from "../../../../cli/explain/plan";
import { explanationOf, OBSERVABLE, type ReasonCode, REASONS, type Situation } from "../../../../domain";
import { recipes } from "../../../support/decisions/generated";
import { asked } from "../../../support/decisions/recipe";
import { codesOf, decide, planned } from "../../../support/decisions/replanned";
import { depth } from "../../../support/depth";

const RUNS = { numRuns: depth(200) };
const CODES = Object.keys(REASONS) as ReasonCode[];

const situationHasTask = ({ input, policy }: Situation): boolean =>
  Object.hasOwn(policy.agents[input.agent.spiffeId]?.tasks ?? {}, input.task);

function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}

test("for every generated request the remedies allow it, and no subset does", async () => {
  let possible = 0;
  await fc.assert(
    fc.asyncProperty(recipes, async (recipe) => {
      const situation: Situation = asked(recipe);
      const plan = await planned(situation);
      if (plan.outcome === "allowed") return expect(plan.decided.reasons).toEqual([]);
      if (plan.outcome === "impossible") return expect(plan.because.length).toBeGreaterThan(0);
      possible++;
      const changes = plan.changes.map(({ change }) => change);
      expect((await decide(applied(situation, changes))).decision).toBe("allow");
      for (const change of changes) {
        const rest = await decide(
          applied(
            situation,
            changes.filter((other) => other !== change),
          ),
        );
        expect([change.text, rest.decision]).toEqual([change.text, "deny"]);
      }
    }),
    RUNS,
  );
  // Most of what is generated is denied for something that can be changed.
  expect(possible).toBeGreaterThanOrEqual(RUNS.numRuns / 4);
});

test("every rule that refuses has a change or says why there is none, and no change touches what it is given", async () => {
  await fc.assert(
    fc.asyncProperty(recipes, async (recipe) => {
      const situation = frozen(asked(recipe));
      for (const code of codesOf(await decide(situation)) as ReasonCode[]) {
        const { changes, hopeless, what } = explanationOf(situation, code);
        expect([code, what]).not.toEqual([code, ""]);
        for (const change of changes) expect(change.apply(situation)).not.toBe(situation);
        const later = ["start.chain-mismatch", ...(situationHasTask(situation) ? [] : ["session.tainted"])];
        if (changes.length === 0 && hopeless === undefined) expect(later).toContain(code);
      }
    }),
    RUNS,
  );
});

test("no change lifts a rule by observing it: what was refused is never only noted afterwards", async () => {
  await fc.assert(
    fc.asyncProperty(recipes, async (recipe) => {
      const situation = asked(recipe);
      const plan = await planned(situation);
      if (plan.outcome !== "possible") return;
      const refused = codesOf(plan.decided).filter((code) => (OBSERVABLE as readonly string[]).includes(code));
      const task = (document: Situation["policy"]) =>
        document.agents[situation.input.agent.spiffeId]?.tasks[situation.input.task]?.observeUntil ?? 0;
      const after = applied(
        situation,
        plan.changes.map(({ change }) => change),
      );
      expect(task(after.policy)).toBe(task(situation.policy));
      if (refused.length > 0) expect(plan.changes.length).toBeGreaterThan(0);
    }),
    RUNS,
  );
});

test("each code is explained for any request, whether its rule refuses or not", () => {
  fc.assert(
    fc.property(recipes, fc.constantFrom(...CODES), (recipe, code) => {
      const { what, changes } = explanationOf(asked(recipe), code);
      expect(what).not.toMatch(/^$|undefined|NaN|\[object|Infinity/);
      for (const { text } of changes) expect(text).not.toMatch(/^$|undefined|NaN|\[object|Infinity/);
    }),
    { numRuns: depth(2_000) },
  );
});
