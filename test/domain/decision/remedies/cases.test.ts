import { applied } from "../../../../cli/explain/plan";
import { checkInput, explanationOf, type ReasonCode, REASONS, remediesOf, type Situation } from "../../../../domain";
import { decisionCases } from "../../../support/decisions/cases";
import { codesOf, decide, planned } from "../../../support/decisions/replanned";

interface Denied {
  readonly name: string;
  readonly situation: Situation;
  readonly reasons: readonly ReasonCode[];
}

const DENIED: readonly Denied[] = decisionCases().flatMap(({ file, name, input, policy, revision, expected }) => {
  const checked = checkInput(input);
  if (!checked.ok || expected.decision === "allow") return [];
  const situation = { policy, revision, input: checked.input };
  return [{ name: `${file}: ${name}`, situation, reasons: expected.reasons as readonly ReasonCode[] }];
});

/** Denied before any engine is asked, or because it gave no answer: there is nothing to decide again. */
const UNDECIDED: readonly ReasonCode[] = [
  "engine.error",
  "engine.timeout",
  "input.malformed",
  "input.too-large",
  "input.version",
];

const BAD_NAME = /^no declaration can have the (agent|task|tool|action|dataset) ".*": a name is /;
const BAD_IDENTITY = /^no declaration gives an agent the identity .*: identities are spiffe:\/\//;
const BAD_KIND = /is no <dataset>:<kind> that a declaration could grant/;
const TOO_DEEP = /^no declaration allows more than 3 hops/;

/** Cases that nothing allows as they are, with the reason */
const HOPELESS: Readonly<Record<string, RegExp>> = {
  "action: actions are compared exactly, capitals included": BAD_NAME,
  "action: an action is not named by its tool too": BAD_NAME,
  "data: datasets are compared exactly, capitals included": BAD_NAME,
  "data: a kind in capitals is another kind of the same dataset": BAD_KIND,
  "data: an undeclared kind is not granted": BAD_KIND,
  "data: a dataset without kind is not granted by any of its kinds": BAD_KIND,
  "data: a dataset without kind has the rank of the dataset": BAD_KIND,
  "data: a dataset with an empty kind is not granted": BAD_KIND,
  "data: a kind without dataset is of an unknown one": BAD_NAME,
  "data: the kind follows the last colon, so that this is an unknown dataset": BAD_NAME,
  "delegation: four hops are too many, however deep the edges are": TOO_DEEP,
  "delegation: four hops are too many though the first of them is not declared": TOO_DEEP,
  "delegation: a chain as long as is read is too deep": TOO_DEEP,
  "multiple: a chain that breaks every edge rule is refused for each": TOO_DEEP,
  // A run that began then would end after the last time that is read.
  "multiple: a clock at the last second that is read makes everything lie behind": /not of the contract/,
  "names: no agent is declared by a name that every object has": BAD_IDENTITY,
  "names: no tool is declared by the name of a prototype": BAD_NAME,
  "names: a dataset with the name of a prototype is an unknown one": BAD_NAME,
  "names: access without dataset and kind, by a name that every object has, is not granted": BAD_KIND,
  "names: a letter that looks like another one is another one": BAD_NAME,
  "names: a name with quotes and backslashes is a name like any other": BAD_NAME,
};

test("there are denied cases of every code that a policy decides", () => {
  const found = new Set(DENIED.flatMap(({ reasons }) => reasons));
  const missing = Object.keys(REASONS).filter((code) => !found.has(code as ReasonCode));
  expect(missing.sort()).toEqual(UNDECIDED);
  expect(DENIED.length).toBeGreaterThan(300);
});

test.each(UNDECIDED)("nothing is said to allow what is denied for %s, and why that is", (code) => {
  const { what, changes, hopeless } = explanationOf((DENIED[0] as Denied).situation, code);
  expect(changes).toEqual([]);
  expect([what, hopeless]).toEqual([expect.stringMatching(/^the /), expect.stringMatching(/^(no policy|the engine) /)]);
});

test("no case is listed that there is not", () => {
  const names = DENIED.map(({ name }) => name);
  expect(Object.keys(HOPELESS).filter((name) => !names.includes(name))).toEqual([]);
});

describe.each(DENIED.map((denied) => [denied.name, denied] as const))("%s", (name, { situation, reasons }) => {
  const why = HOPELESS[name];

  test(
    why === undefined ? "is allowed after the changes, and not after fewer" : "is not allowed by anything",
    async () => {
      const plan = await planned(situation);
      expect(codesOf(plan.decided)).toEqual(reasons);
      if (why !== undefined) {
        if (plan.outcome !== "impossible") throw new Error("something allows it: take it from the list");
        expect(plan.because.map((because) => because.why).join("\n")).toMatch(why);
        return;
      }
      if (plan.outcome !== "possible") throw new Error(`nothing allows it: ${JSON.stringify(plan)}`);
      const changes = plan.changes.map(({ change }) => change);
      expect(plan.after.decision).toBe("allow");
      expect((await decide(applied(situation, changes))).decision).toBe("allow");
      for (const { change, without } of plan.changes) {
        const rest = await decide(
          applied(
            situation,
            changes.filter((other) => other !== change),
          ),
        );
        expect([change.text, rest.decision, codesOf(rest)]).toEqual([change.text, "deny", without]);
      }
      expect(plan.smallest).toBe(true);
    },
  );

  test.each(reasons)("what remedies %s makes that rule refuse no more", async (code) => {
    const { what, changes, hopeless } = explanationOf(situation, code);
    expect(what).not.toMatch(/undefined|NaN|\[object|^$/);
    if (hopeless !== undefined) return expect(changes).toEqual([]);
    expect(remediesOf(situation, code)).toHaveLength(changes.length);
    if (changes.length === 0) return expect(reasons).toContain("task.undeclared");
    const after = await decide(applied(situation, changes));
    expect(codesOf(after)).not.toContain(code);
  });
});

describe("waiting takes time, in which other things end", () => {
  const found = (name: string): Situation => {
    const denied = DENIED.find((each) => each.name === name);
    if (denied === undefined) throw new Error(`no such case: ${name}`);
    return denied.situation;
  };
  const texts = async (situation: Situation): Promise<readonly string[]> => {
    const plan = await planned(situation);
    if (plan.outcome !== "possible") throw new Error(`nothing allows it: ${JSON.stringify(plan)}`);
    return plan.changes.map(({ change }) => change.text);
  };

  test("on the next day the run, the session and the approval are others", async () => {
    const situation = found("budget: the call after a budget's last is refused");
    expect(await texts(situation)).toEqual([
      "wait for the next day: the budget (20 calls per day) begins again then",
      expect.stringMatching(/^have support-leads decide on exactly this request/),
      "start a new session, and with it a new run, on evidence from outside the agent",
    ]);
  });

  test.each([
    ["budget: the call after a budget's last is refused", "budget.spent", 86_400],
    ["budget: two spent budgets give one reason", "budget.spent", 3_600],
  ] as const)("%s: the time is that at which the next period begins", (name, code, seconds) => {
    const situation = found(name);
    const wait = remediesOf(situation, code).find(({ text }) => text.startsWith("wait"));
    const { input } = applied(situation, wait === undefined ? [] : [wait]);
    const begins = (Math.floor(situation.input.time / seconds) + 1) * seconds;
    expect(input.time).toBe(begins);
  });

  test("a credential has expired 15 min later, and with it the token and the run", async () => {
    const situation = found("mark: confidential data is not read while a credential may write internal data");
    const [wait] = remediesOf(situation, "mark.credential-below");
    const after = applied(situation, wait === undefined ? [] : [wait]);
    expect(after.input.time).toBe(situation.input.time + 900);
    expect(codesOf(await decide(after))).toContain("token.over");
    expect(await texts(situation)).toEqual([
      "wait until that credential has expired, at most 15 min after it was issued",
      expect.stringMatching(/^(start a new run|ask for a new token)/),
    ]);
  });
});
