import type { Allowed } from "../../../../runtime/authorizer/call/authorizer";
import { Outcomes } from "../../../../runtime/authorizer/call/outcomes";
import type { Ending } from "../../../../runtime/authorizer/exchange-state";

const allowed = (action: string, sid = "sid-1"): Allowed =>
  ({
    bound: { claims: { sid, run: "run-1" }, token: "t" },
    facts: { tool: "crm", action },
    untrusted: true,
  }) as unknown as Allowed;

function world(ended: (outcomes: readonly Ending[]) => Promise<readonly number[]> = async () => []) {
  const told: (readonly string[])[] = [];
  const logged: string[] = [];
  const outcomes = new Outcomes(
    {
      ended: async (all: readonly Ending[]) => {
        told.push(all.map(({ call, outcome }) => `${call.action} ${outcome}`));
        return ended(all);
      },
    },
    (event) => void logged.push(event),
  );
  return { outcomes, told, logged };
}

test("outcomes of one moment are told in one request, each once", async () => {
  const { outcomes, told } = world();
  for (const id of ["a", "b", "c"]) outcomes.begin(id, allowed(id));
  outcomes.end("a", "succeeded");
  outcomes.end("b", "failed");
  outcomes.end("a", "failed");
  outcomes.end("nobody", "succeeded");
  await outcomes.settled();
  expect(told).toEqual([["a succeeded", "b failed"]]);
  expect(outcomes.size).toBe(1);
  outcomes.end("c", "unknown");
  await outcomes.settled();
  expect(told.at(-1)).toEqual(["c unknown"]);
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

test("what cannot be told is told again, and nothing else with it", async () => {
  jest.useFakeTimers();
  const { outcomes, told, logged } = world(async (all) => (all.length > 1 ? [1] : []));
  for (const id of ["a", "b"]) outcomes.begin(id, allowed(id));
  outcomes.end("a", "succeeded");
  outcomes.end("b", "succeeded");
  await jest.advanceTimersByTimeAsync(2_000);
  expect(told).toEqual([["a succeeded", "b succeeded"], ["b succeeded"]]);
  expect(logged).toEqual(["outcome.untold"]);
  expect(outcomes.size).toBe(0);
});

test("fails three times to tell: then nobody waits for it any more", async () => {
  jest.useFakeTimers();
  const { outcomes, told, logged } = world(() => Promise.reject(new Error("gone")));
  outcomes.begin("a", allowed("find"));
  outcomes.end("a", "succeeded");
  await jest.advanceTimersByTimeAsync(5_000);
  expect(told).toHaveLength(3);
  expect(logged).toEqual(Array(3).fill("outcome.untold"));
  expect(outcomes.size).toBe(0);
});

afterEach(() => jest.useRealTimers());
