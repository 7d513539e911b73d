import type { Allowed } from "../../../../runtime/authorizer/call/spent-calls";
import { Outcomes } from "../../../../runtime/authorizer/call/outcomes";
import type { EntryText } from "../../../../runtime/authorizer/entry-text";
import type { Ending, OutcomesFor } from "../../../../runtime/authorizer/exchange-state";

const allowed = (action: string, sid = "sid-1"): Allowed =>
  ({
    bound: { claims: { sid, run: "run-1" }, token: "t" },
    facts: { tool: "crm", action },
    untrusted: true,
    requestDigest: `sha256:${action}`,
  }) as unknown as Allowed;

const shown = (ending: EntryText): string => {
  const claims = JSON.parse(ending.common) as Ending["claims"];
  const { call, outcome, untrusted, requestDigest } = JSON.parse(ending.rest) as Omit<Ending, "claims">;
  expect([claims.run, untrusted, requestDigest]).toEqual(["run-1", true, `sha256:${call.action}`]);
  return `${call.action} ${outcome}`;
};

function world(ended: (outcomes: readonly EntryText[]) => Promise<readonly number[]> = async () => []) {
  const told: (readonly string[])[] = [];
  const logged: string[] = [];
  let carried: OutcomesFor = () => undefined;
  const outcomes = new Outcomes(
    {
      carry: (outcomesFor) => void (carried = outcomesFor),
      ended: async (all) => {
        told.push(all.map(shown));
        return ended(all);
      },
    },
    (event) => void logged.push(event),
  );
  return { outcomes, told, logged, carried: (mostBytes: number) => carried(mostBytes) };
}

/** Whether a call that waits for this action would have to wait */
async function isWaitedFor(outcomes: Outcomes, action: string): Promise<boolean> {
  let isOver = false;
  void outcomes.toldOf("sid-1", new Set([`crm.${action}`])).then(() => (isOver = true));
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  return !isOver;
}

test("outcomes of one moment are told in one request, each once", async () => {
  const { outcomes, told } = world();
  for (const id of ["a", "b", "c"]) outcomes.begin(id, allowed(id));
  outcomes.end("a", "succeeded");
  outcomes.end("b", "failed");
  outcomes.end("a", "failed");
  outcomes.end("unknown", "succeeded");
  await outcomes.settled();
  expect(told).toEqual([["a succeeded", "b failed"]]);
  outcomes.end("c", "unknown");
  await outcomes.settled();
  expect(told.at(-1)).toEqual(["c unknown"]);
});

test("an outcome has the trace in which its call went out, even if it is reported in another", async () => {
  const traces = ["1".repeat(32), undefined];
  const told: EntryText[] = [];
  const ended = async (all: readonly EntryText[]) => {
    told.push(...all);
    return [];
  };
  const outcomes = new Outcomes(
    { carry: () => undefined, ended },
    () => undefined,
    undefined,
    () => traces.shift(),
  );
  for (const id of ["a", "b"]) outcomes.begin(id, allowed(id));
  for (const id of ["b", "a"]) outcomes.end(id, "succeeded");
  await outcomes.settled();
  expect(told.map(({ rest }) => (JSON.parse(rest) as Ending).trace)).toEqual([undefined, "1".repeat(32)]);
});

test("a call carries as many outcomes as it has room for, and without a call they are told soon by themselves", async () => {
  jest.useFakeTimers();
  const { outcomes, told, carried } = world();
  expect(carried(1_000)).toBeUndefined();
  for (const id of ["a", "b", "c"]) {
    outcomes.begin(id, allowed(id));
    outcomes.end(id, "succeeded");
  }
  expect(carried(10)).toBeUndefined();
  const two = carried(350);
  expect(two?.endings.map(shown)).toEqual(["a succeeded", "b succeeded"]);
  expect(await isWaitedFor(outcomes, "a")).toBe(true);
  two?.settle([]);
  expect(await isWaitedFor(outcomes, "a")).toBe(false);
  await jest.advanceTimersByTimeAsync(60);
  expect(told).toEqual([["c succeeded"]]);
  expect(carried(1_000)).toBeUndefined();
});

test("an outcome is told again where the call that carried it fails", async () => {
  jest.useFakeTimers();
  const { outcomes, told, logged, carried } = world();
  for (const id of ["a", "b", "c"]) outcomes.begin(id, allowed(id));
  outcomes.end("a", "succeeded");
  outcomes.end("b", "failed");
  carried(1_000)?.settle([1]);
  outcomes.end("c", "succeeded");
  carried(1_000)?.fail(new Error("gone"));
  await jest.advanceTimersByTimeAsync(2_000);
  expect(told).toEqual([["b failed", "c succeeded"]]);
  expect(logged).toEqual(["outcome.untold", "outcome.untold"]);
});

test("an outcome is told at once where a call waits for it, now or later", async () => {
  jest.useFakeTimers();
  const { outcomes, told } = world();
  for (const id of ["a", "b"]) outcomes.begin(id, allowed(id));
  outcomes.end("a", "succeeded");
  const waiting = outcomes.toldOf("sid-1", new Set(["crm.a", "crm.b"]));
  await jest.advanceTimersByTimeAsync(0);
  expect(told).toEqual([["a succeeded"]]);
  outcomes.end("b", "succeeded");
  await waiting;
  expect(told).toEqual([["a succeeded"], ["b succeeded"]]);
});

test("the tokens that a model used are told where the call has reserved tokens and the number is known", async () => {
  const settled: unknown[] = [];
  const { outcomes } = world(
    async (all) => (settled.push(...all.map((each) => (JSON.parse(each.rest) as Ending).settled)), []),
  );
  for (const id of ["a", "b"]) outcomes.begin(id, { ...allowed(id), reservation: `r-${id}` });
  outcomes.begin("c", allowed("c"));
  outcomes.end("a", "succeeded", { used: 17 });
  outcomes.end("b", "unknown");
  outcomes.end("c", "succeeded", { used: 17 });
  await outcomes.settled();
  expect(settled).toEqual([{ reservation: "r-a", used: 17 }, undefined, undefined]);
});

test("a call that Envoy never reports ends as unknown, and its answer's reader releases what it holds", async () => {
  jest.useFakeTimers();
  const { outcomes, told } = world();
  const asked: boolean[] = [];
  const answer = (outcome: () => "succeeded") => ({ outcome: (isCut: boolean) => (asked.push(isCut), outcome()) });
  const fails = (): never => {
    throw new TypeError("x is undefined");
  };
  outcomes.begin("a", { ...allowed("a"), answer: answer(() => "succeeded") as never });
  outcomes.begin("b", { ...allowed("b"), answer: answer(fails) as never });
  await jest.advanceTimersByTimeAsync(331_000);
  expect(asked).toEqual([true, true]);
  expect(told.flat()).toEqual(["a unknown", "b unknown"]);
});

test("a call waits for the outcome of one before it in its session, and for no other", async () => {
  const { outcomes } = world();
  outcomes.begin("a", allowed("find"));
  await outcomes.toldOf("sid-2", new Set(["crm.find"]));
  await outcomes.toldOf("sid-1", new Set(["crm.note"]));
  await outcomes.toldOf("sid-1", new Set());
  let isOver = false;
  const waiting = outcomes.toldOf("sid-1", new Set(["crm.find"])).then(() => (isOver = true));
  await new Promise(setImmediate);
  expect(isOver).toBe(false);
  outcomes.end("a", "succeeded");
  await waiting;
  expect(isOver).toBe(true);
});

test("an outcome that could not be told is told again, and the others are not", async () => {
  jest.useFakeTimers();
  const { outcomes, told, logged } = world(async (all) => (all.length > 1 ? [1] : []));
  for (const id of ["a", "b"]) outcomes.begin(id, allowed(id));
  outcomes.end("a", "succeeded");
  outcomes.end("b", "succeeded");
  await jest.advanceTimersByTimeAsync(2_000);
  expect(told).toEqual([["a succeeded", "b succeeded"], ["b succeeded"]]);
  expect(logged).toEqual(["outcome.untold"]);
  expect(await isWaitedFor(outcomes, "b")).toBe(false);
});

test("fails to tell an outcome three times, and calls no longer wait for it", async () => {
  jest.useFakeTimers();
  const { outcomes, told, logged } = world(() => Promise.reject(new Error("gone")));
  outcomes.begin("a", allowed("find"));
  outcomes.end("a", "succeeded");
  await jest.advanceTimersByTimeAsync(5_000);
  expect(told).toHaveLength(3);
  expect(logged).toEqual(Array(3).fill("outcome.untold"));
  expect(await isWaitedFor(outcomes, "find")).toBe(false);
});

afterEach(() => jest.useRealTimers());
