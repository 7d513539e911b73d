import { againAlone, MOST_AGAIN } from "./again";
import { CI_MINUTES, withinTime } from "./deadline";
import { runSteps } from "./schedule";
import { type Done, type Outcome, type Step, STEP_MINUTES } from "./step";
import { LAST_STEPS, STEPS } from "./steps";
import { table, told } from "./table";

const PASSED: Outcome = { result: "passed", seconds: 1.26, cpuSeconds: 2, output: "fine\n" };
const FAILED: Outcome = { ...PASSED, result: "failed", output: "not fine\n" };

function step(name: string, more: Partial<Step> = {}): Step {
  return { name, command: ["do", name], ...more };
}

const tellOf = (done: Done): string => told(done).split("\n")[0] ?? "";

/** Runs steps by hand: which are under way, and an end for each */
function byHand(steps: readonly Step[], cores: number) {
  const ends = new Map<string, (outcome: Outcome) => void>();
  const order: string[] = [];
  const run = ({ name }: Step): Promise<Outcome> => new Promise((resolve) => ends.set(name, resolve));
  const result = runSteps(steps, cores, run, ({ step: { name } }) => order.push(name));
  const end = async (name: string, outcome = PASSED): Promise<void> => {
    ends.get(name)?.(outcome);
    ends.delete(name);
    await new Promise(setImmediate);
  };
  return { result, order, end, running: () => [...ends.keys()] };
}

test("steps run side by side up to the machine's cores, in their order", async () => {
  const { result, end, running, order } = byHand([step("a"), step("b"), step("c"), step("d")], 2);
  expect(running()).toEqual(["a", "b"]);
  await end("b");
  expect(running()).toEqual(["a", "c"]);
  await end("a");
  await end("c");
  await end("d");
  expect((await result).map(({ step }) => step.name)).toEqual(["a", "b", "c", "d"]);
  expect(order).toEqual(["b", "a", "c", "d"]);
});

test("a step that wants all cores waits for them, and is passed by those only that take none", async () => {
  const { result, end, running } = byHand(
    [step("half", { cores: 0.5 }), step("both", { cores: 2 }), step("one"), step("none", { cores: 0 })],
    2,
  );
  expect(running()).toEqual(["half", "none"]);
  await end("half");
  expect(running()).toEqual(["none", "both"]);
  await end("both");
  expect(running()).toEqual(["none", "one"]);
  for (const name of ["none", "one"]) await end(name);
  expect(await result).toHaveLength(4);
});

test("steps that mostly wait share a core", async () => {
  const { result, end, running } = byHand(
    ["a", "b", "c"].map((name) => step(name, { cores: 0.5 })),
    1,
  );
  expect(running()).toEqual(["a", "b"]);
  for (const name of ["a", "b", "c"]) await end(name);
  expect(await result).toHaveLength(3);
});

test("a step that wants more cores than there are runs alone", async () => {
  const { result, end, running } = byHand([step("four", { cores: 4 }), step("a")], 1);
  expect(running()).toEqual(["four"]);
  await end("four");
  await end("a");
  expect(await result).toHaveLength(2);
});

test("what needs a step waits for it", async () => {
  const { result, end, running } = byHand([step("a"), step("b", { needs: ["a"] })], 2);
  expect(running()).toEqual(["a"]);
  await end("a");
  expect(running()).toEqual(["b"]);
  await end("b");
  await result;
});

test("what needs a step that failed is skipped with the reason, and all that needs it; the others go on", async () => {
  const steps = [step("a"), step("b", { needs: ["a"] }), step("c", { needs: ["b"] }), step("d")];
  const { result, end } = byHand(steps, 2);
  await end("a", FAILED);
  await end("d");
  const done = await result;
  expect(done.map(({ step, result, output }) => [step.name, result, output])).toEqual([
    ["a", "failed", "not fine\n"],
    ["b", "skipped", "needs a, which did not pass"],
    ["c", "skipped", "needs b, which did not pass"],
    ["d", "passed", "fine\n"],
  ]);
  expect(table(done, 61, 2)).toBe(
    [
      "step      clock, s    CPU, s  result",
      "a              1.3       2.0  failed",
      "b              0.0       0.0  skipped",
      "c              0.0       0.0  skipped",
      "d              1.3       2.0  passed",
      "together      61.0       4.0  side by side on 2 cores",
      "-- a",
      "not fine",
      "1 passed, 3 failed",
      "",
    ].join("\n"),
  );
  expect(done.map(told)).toEqual([
    "== a: do a: failed after 1.3 s\nnot fine\n",
    "== b: do b: skipped: needs a, which did not pass\n",
    "== c: do c: skipped: needs b, which did not pass\n",
    "== d: do d: passed after 1.3 s\nfine\n",
  ]);
});

test("a suite that failed beside others is tried again alone, and both outcomes are told", async () => {
  const steps = [step("a", { againAlone: true }), step("b", { againAlone: true }), step("c"), step("d")];
  const beside = [FAILED, FAILED, FAILED, PASSED].map((outcome, at) => ({ step: steps[at] as Step, ...outcome }));
  const told: string[] = [];
  const done = await againAlone(
    beside,
    ({ name }) => Promise.resolve(name === "a" ? PASSED : FAILED),
    (each) => told.push(tellOf(each)),
  );
  expect(told).toEqual([
    "== a: do a: again, alone: passed after 1.3 s",
    "== b: do b: again, alone: failed after 1.3 s",
  ]);
  expect(done.map(({ result }) => result)).toEqual(["passed", "failed", "failed", "passed"]);
  const rows = table(done, 61, 2).split("\n");
  expect(rows.filter((row) => row.startsWith("-- "))).toEqual(["-- a", "-- b", "-- b", "-- c"]);
  expect(rows[1]).toMatch(/ passed alone, after it failed beside others$/);
  expect(rows[2]).toMatch(/ failed alone, after it failed beside others$/);
  expect(rows.at(-2)).toBe("2 passed, 2 failed");
});

test("the end of the run says what failed: each check and test with the lines behind it, without colours", () => {
  const output = [
    "pass  one  0.1 s",
    "FAIL  two  0.2 s",
    "      \u001b[31mexpected\u001b[39m 1",
    "pass  three  0.1 s",
    "FAIL test/a.test.ts",
    "  ● a name",
    "",
    `    ${"x".repeat(300)}`,
  ].join("\n");
  const rows = table([{ step: step("a"), ...FAILED, output }], 1, 2).split("\n");
  expect(rows.slice(3, -2)).toEqual([
    "-- a",
    "FAIL  two  0.2 s",
    "      expected 1",
    "FAIL test/a.test.ts",
    "  ● a name",
    `    ${"x".repeat(196)}`,
  ]);
});

test("fails when a suite was stopped for its time: it is not tried again", async () => {
  const beside = [{ step: step("a", { againAlone: true }), ...FAILED, isLate: true }];
  const run = jest.fn(() => Promise.resolve(PASSED));
  expect(await againAlone(beside, run, () => undefined)).toEqual(beside);
  expect(run).not.toHaveBeenCalled();
});

test("fails when more have failed than load explains: none is tried again", async () => {
  const beside = Array.from({ length: MOST_AGAIN + 1 }, (_, at) => ({
    step: step(`${at}`, { againAlone: true }),
    ...FAILED,
  }));
  const run = jest.fn(() => Promise.resolve(PASSED));
  expect(await againAlone(beside, run, () => undefined)).toEqual(beside);
  expect(run).not.toHaveBeenCalled();
});

test("a step gets its own minutes, or what is left of those of CI", async () => {
  const minutes: (number | undefined)[] = [];
  let now = 0;
  const run = withinTime(
    (each) => {
      minutes.push(each.minutes);
      return Promise.resolve(PASSED);
    },
    () => now * 60_000,
  );
  await run(step("a"));
  await run(step("b", { minutes: 5 }));
  now = CI_MINUTES - 1;
  await run(step("c"));
  expect(minutes).toEqual([STEP_MINUTES, 5, 1]);
});

test("fails when the minutes of CI are over: a step does not begin, and is not tried again", async () => {
  const begin = jest.fn(() => Promise.resolve(PASSED));
  const run = withinTime(begin, () => CI_MINUTES * 60_000);
  const late = await run(step("a"));
  expect(late).toMatchObject({ result: "failed", output: "not begun: the 85 minutes of CI are over" });
  expect(await againAlone([{ step: step("a", { againAlone: true }), ...late }], run, () => undefined)).toHaveLength(1);
  expect(begin).not.toHaveBeenCalled();
});

test("fails when a step needs one that does not stand before it", async () => {
  const misspelt = [step("a", { needs: ["b"] }), step("b")];
  await expect(
    runSteps(
      misspelt,
      2,
      () => Promise.resolve(PASSED),
      () => undefined,
    ),
  ).rejects.toThrow('step "a" needs "b": list that before it');
});

test("all that CI runs can be reached, and whether the tree is unchanged is asked last", async () => {
  const done = await runSteps(
    STEPS,
    2,
    () => Promise.resolve(PASSED),
    () => undefined,
  );
  expect(done.map(({ result }) => result)).toEqual(STEPS.map(() => "passed"));
  expect(LAST_STEPS.map(({ name }) => name)).toEqual(["unchanged"]);
});
