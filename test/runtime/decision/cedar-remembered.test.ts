import fc from "fast-check";
import type { DecisionInput } from "../../../domain";
import { type CedarPolicy, cedarSources } from "../../../policies/cedar-sources";
import { policyToJson, type PolicyJson } from "../../../policies/cedar-wasm";
import { CedarEngine } from "../../../runtime/decision/cedar/cedar-engine";
import type { Facts } from "../../../runtime/decision/cedar/facts";
import { comparisonsIn, outcomesOf, stillFacts } from "../../../runtime/decision/cedar/moving-facts";
import { PolicySets } from "../../../runtime/decision/cedar/policy-sets";
import { recipes } from "../../support/decisions/generated";
import { asked } from "../../support/decisions/recipe";
import { examplePolicy } from "../../support/decisions/policy";
import { request, requestLike } from "../../support/decisions/request";
import { depth } from "../../support/depth";

const sources = cedarSources();
const own = (id: string, text: string): CedarPolicy => ({ id, name: id, text, description: id, source: `test:${id}` });

function comparisons(condition: string) {
  const answer = policyToJson(`forbid (principal, action, resource) when { ${condition} };`);
  if (answer.type === "failure") throw new Error(answer.errors[0]?.message);
  return comparisonsIn(answer.json as PolicyJson);
}

/** Cedar is asked by a set of policies, which is looked up anew each time. */
const lookups = jest.spyOn(PolicySets.prototype, "setFor");

/** An engine that counts how often Cedar is asked */
function counting(policies: readonly CedarPolicy[] = sources.policies) {
  const engine = new CedarEngine({
    policy: examplePolicy,
    revision: 7,
    sources: { ...sources, policies },
    remembered: 2,
  });
  const before = lookups.mock.calls.length;
  return { engine, times: () => lookups.mock.calls.length - before };
}

/** All moments at which something may change, and those beside them */
function moments(input: DecisionInput): readonly number[] {
  const { run, session, token, approval, time } = input;
  const ends = [run.startedAt, run.expiresAt, session.lastUsedAt, token.expiresAt, approval?.expiresAt ?? time];
  return [time, ...ends.flatMap((end) => [end - 61, end - 60, end - 1, end, end + 1]), time + 7, time];
}

/** The same by a run, a session and a token of other times */
function moved(input: DecisionInput, by: readonly number[]): DecisionInput {
  const [started = 0, ended = 0, begun = 0, used = 0, good = 0] = by;
  const { run, session, token } = input;
  return {
    ...input,
    run: { startedAt: run.startedAt + started, expiresAt: run.expiresAt + ended },
    session: { ...session, startedAt: session.startedAt + begun, lastUsedAt: session.lastUsedAt + used },
    token: { ...token, expiresAt: token.expiresAt + good },
  };
}

const places = fc.array(fc.nat(100), { minLength: 4, maxLength: 4 });
const spendings = fc.array(fc.nat(6), { maxLength: 2 });
/** For runs, sessions and tokens: mostly as they are, else by so little that a comparison may just change, or by much */
const moves = fc.array(
  fc.array(fc.constantFrom(0, 0, 0, 1, -1, 2, 60, 61, 300, 301, 900, 4_000), { minLength: 5, maxLength: 5 }),
  { minLength: 1, maxLength: 3 },
);

test("what is remembered is what Cedar says, whenever run, session and token began and end", async () => {
  await fc.assert(
    fc.asyncProperty(recipes, moves, async (recipe, all) => {
      const { input, policy, revision } = asked(recipe);
      const plain = new CedarEngine({ policy, revision });
      const remembering = new CedarEngine({ policy, revision, remembered: 100 });
      const answer = (engine: CedarEngine, changed: DecisionInput) =>
        engine.decide(changed).catch((error: Error) => error.message);
      for (const by of [[], ...all, []]) {
        const changed = moved(input, by);
        expect(await answer(remembering, changed)).toEqual(await answer(plain, changed));
      }
    }),
    { numRuns: depth(3_000, 60) },
  );
});

test("what is remembered is what Cedar says, at every time and with every budget", async () => {
  await fc.assert(
    fc.asyncProperty(recipes, places, spendings, async (recipe, when, spent) => {
      const { input, policy, revision } = asked(recipe);
      const plain = new CedarEngine({ policy, revision });
      const remembering = new CedarEngine({ policy, revision, remembered: 100 });
      const answer = (engine: CedarEngine, changed: DecisionInput) =>
        engine.decide(changed).catch((error: Error) => error.message);
      const times = moments(input);
      for (const place of when) {
        for (const more of [0, ...spent]) {
          const budgets = Object.entries(input.budgets).map(
            ([name, { spent: before, cost }]) => [name, { spent: before + more, cost }] as const,
          );
          const time = Math.max(0, times[place % times.length] as number);
          const changed = { ...input, time, budgets: Object.fromEntries(budgets) };
          expect(await answer(remembering, changed)).toEqual(await answer(plain, changed));
        }
      }
    }),
    { numRuns: depth(3_000, 40) },
  );
});

test("Cedar is asked once of what only time has passed for, and again where that may say something else", async () => {
  const { engine, times } = counting();
  const input = request();
  expect(await engine.decide(input)).toMatchObject({ allow: true });
  expect(await engine.decide({ ...input, time: input.time + 1 })).toMatchObject({ allow: true });
  expect(times()).toBe(1);
  const over = { ...input, time: input.token.expiresAt };
  expect(await engine.decide(over)).toMatchObject({ reasons: expect.arrayContaining(["token.over"]) });
  expect(times()).toBe(2);
  expect(await engine.decide(input)).toMatchObject({ allow: true });
  expect(times()).toBe(2);
});

test("Cedar is asked once of the same by several runs, and again of one that has no time left", async () => {
  const { engine, times } = counting();
  const input = request();
  expect(await engine.decide(input)).toMatchObject({ allow: true });
  expect(await engine.decide(moved(input, [-5, -5, -9, -3, -2]))).toMatchObject({ allow: true });
  expect(times()).toBe(1);
  const over = moved(input, [0, input.time - input.run.expiresAt]);
  expect(await engine.decide(over)).toMatchObject({ reasons: expect.arrayContaining(["run.over"]) });
  expect(times()).toBe(2);
});

test.each<[what: string, change: Parameters<typeof request>[0]]>([
  ["of another user", { user: { issuer: "https://login.acme.example", subject: "another" } }],
  ["by another session's mark", { session: { mark: "restricted" } }],
  ["of another action", { call: { action: "reply" } }],
  ["to another destination", { call: { destination: "evil.example" } }],
  ["after a revocation", { revocation: { revoked: ["run"] } }],
  ["with a newer registry seen", { revisionSeen: 6 }],
])("fails to be remembered for a question %s: Cedar is asked anew", async (_, change) => {
  const { engine, times } = counting();
  await engine.decide(request());
  await engine.decide(request(change));
  expect(times()).toBe(2);
});

test("fails to be remembered for another policy: Cedar is asked anew", async () => {
  const { engine, times } = counting();
  await engine.decide(request());
  engine.replace(examplePolicy, 8);
  expect(await engine.decide(request())).toMatchObject({ revision: 8 });
  expect(times()).toBe(2);
});

test("no more is remembered than is asked for", async () => {
  const { engine, times } = counting();
  const inputs = ["triage reads a ticket", ...["a", "b"]].map((subject) =>
    requestLike("triage reads a ticket", { user: { issuer: "https://login.acme.example", subject } }),
  );
  for (const input of [...inputs, ...inputs]) await engine.decide(input);
  expect(times()).toBe(6);
});

test.each([
  ["is multiplied", "context.time * 2 > 7"],
  ["is equal to something", "context.time == 7"],
  ["is in a list", "[context.time].contains(7)"],
  ["is in a record", "{ Value: context.time }.Value > 7"],
  ["is chosen by something else", "(if context.a then context.time else 1) > 7"],
  ["is compared with what is no sum", "context.time > context.mark * 2"],
  ["is somewhere in all facts", "context == { time: 7 }"],
  ["is in a record that is compared whole", "context.budgets == { remaining: 7 }"],
])("fails to remember where a fact that moves %s", async (_, condition) => {
  expect(comparisons(condition)).toBeUndefined();
  const { engine, times } = counting([
    ...sources.policies,
    own("custom.moves", `forbid (principal, action, resource) when { context has x && ${condition} };`),
  ]);
  await engine.decide(request());
  await engine.decide(request());
  expect(times()).toBe(2);
});

const FACTS: Facts = { time: 50, runExpiresAt: 90, end: 100, far: Number.MAX_SAFE_INTEGER };

test.each<[condition: string, same: readonly Facts[], others: readonly Facts[]]>([
  ["context.time >= context.end", [{ time: 0 }, { time: 99 }], [{ time: 100 }, { time: 101 }]],
  ["context.end + 10 > context.time - 5", [{ time: 0 }, { time: 114 }], [{ time: 115 }, { time: 116 }]],
  ["context.time <= context.end", [{ time: 100 }], [{ time: 101 }]],
  ["context.time < 3 || 80 <= context.time", [{ time: 3 }, { time: 79 }], [{ time: 2 }, { time: 80 }]],
  ["context.time >= 50", [{ time: 51 }], [{ time: 49 }]],
  ["context.time >= context.runExpiresAt", [{ time: 89 }, { runExpiresAt: 51 }], [{ time: 90 }, { runExpiresAt: 50 }]],
  ["context.runExpiresAt - context.time > 30", [{ time: 59 }, { runExpiresAt: 81 }], [{ time: 60 }]],
  ["context has time && context.time > context.nothing", [{ time: 0 }, { time: 1_000_000 }], []],
  ["context.mark > 5", [{ time: 0 }, { time: 1_000_000 }], []],
])("what %s says it says of all facts of which each comparison says the same", (condition, same, others) => {
  const found = comparisons(condition) ?? [];
  const outcome = (moved: Facts): string | undefined => outcomesOf(found, { ...FACTS, ...moved });
  const first = outcome({});
  expect(first).toBeDefined();
  expect(same.map(outcome)).toEqual(same.map(() => first));
  for (const other of others) expect(outcome(other)).not.toBe(first);
});

test.each(["context.far + context.far > context.time", "context.time - context.far > context.far"])(
  "fails to remember what %s says, whose sum is not exact here",
  (condition) => {
    expect(outcomesOf(comparisons(condition) ?? [], FACTS)).toBeUndefined();
  },
);

test("still facts are all that no comparison is made of, and say which of the others are there", () => {
  const facts: Facts = { time: 7, mark: 2, budgets: { counting: 1, remaining: 9 } };
  expect(stillFacts(facts)).toEqual({ time: 0, mark: 2, budgets: { counting: 1, remaining: 0 } });
  expect(stillFacts({ mark: 2 })).toEqual({ mark: 2 });
  expect(stillFacts({ time: "7" })).toEqual({ time: "7" });
});

test("all policies of Ambit ask for time and budgets in comparisons alone", () => {
  for (const { text } of sources.policies) {
    const answer = policyToJson(text);
    expect(answer.type === "success" && comparisonsIn(answer.json)).toBeTruthy();
  }
});
