import { LIMITS } from "../../../../domain";
import type { AnswerReader } from "../../../../runtime/authorizer/answer/answer-reader";
import { OpenCalls } from "../../../../runtime/authorizer/call/open-calls";
import type { Allowed } from "../../../../runtime/authorizer/call/spent-calls";
import { Denial } from "../../../../runtime/authorizer/denial";
import { asRpc } from "../../../../runtime/authorizer/mcp/mcp-refusal";

const ASKED = LIMITS.openAsked.seconds * 1_000;

const allowed = (run: string, change: Partial<Allowed> = {}): Allowed =>
  ({
    bound: { claims: { client_id: "clerk", task: "use", run, txn: "x", jti: `jti-${run}` }, token: "t" },
    facts: { tool: "crm", action: "read" },
    ...change,
  }) as unknown as Allowed;

const reader = (change: Partial<AnswerReader> = {}): AnswerReader => ({
  head: () => "parts",
  whole: () => undefined,
  part: () => undefined,
  outcome: () => "unknown",
  ...change,
});

/** Calls of runs, of which the exchange says that `stopped` were revoked */
function world() {
  let now = 0;
  const stopped = new Set<string>();
  const [ended, logged, asked]: [unknown[], unknown[], string[]] = [[], [], []];
  const calls = new OpenCalls({
    exchange: {
      stopped: async (all) => {
        asked.push(...all);
        return all.flatMap((text, at) =>
          stopped.has((JSON.parse(text) as { run: string }).run)
            ? [{ at, codes: ["run.revoked", "of a later exchange"] }]
            : [],
        );
      },
    },
    outcomes: { end: (...all) => void ended.push(all) },
    log: (event, facts) => void logged.push([event, facts]),
    elapsed: () => now,
  });
  const after = async (milliseconds: number): Promise<void> => {
    now += milliseconds;
    await calls.look();
  };
  return { calls, after, stopped, ended, logged, asked };
}

test("a call that was stopped is cut with its outcome, its code and its reasons, while others go on", async () => {
  const { calls, after, stopped, ended, logged, asked } = world();
  const cut: string[] = [];
  for (const run of ["a", "b"]) {
    calls.begin(run, allowed(run, { answer: reader() }));
    calls.answering(run, ({ codes }) => void cut.push(`${run} ${codes.join()}`));
  }
  stopped.add("a");
  await after(ASKED);
  expect(asked).toEqual(['{"run":"a","token":"jti-a"}', '{"run":"b","token":"jti-b"}']);
  expect(cut).toEqual(["a call.cut,run.revoked"]);
  expect(ended).toEqual([["a", "unknown", { used: undefined, code: "call.cut" }]]);
  const codes = ["call.cut", "run.revoked"];
  expect(logged).toEqual([
    ["call.cut", { decision: "a", agent: "clerk", task: "use", run: "a", txn: "x", tool: "crm", codes }],
  ]);
  expect([calls.cutOf("a")?.codes, calls.cutOf("b")]).toEqual([codes, undefined]);
});

test("a call whose answer has not begun is cut too, and Envoy is told when it begins", async () => {
  const { calls, after, stopped, ended } = world();
  calls.begin("a", allowed("a"));
  stopped.add("a");
  await after(ASKED);
  expect(ended).toEqual([["a", "unknown", { used: undefined, code: "call.cut" }]]);
  expect(calls.cutOf("a")?.error).toBe("access_denied");
  calls.end("a");
  expect(calls.cutOf("a")).toBeUndefined();
});

test("a call that has ended, and an answer that has, are not cut", async () => {
  const { calls, after, stopped, ended } = world();
  const cut = jest.fn();
  for (const run of ["a", "b"]) calls.begin(run, allowed(run));
  calls.end("a");
  calls.answering("b", cut)();
  for (const run of ["a", "b"]) stopped.add(run);
  await after(ASKED);
  expect(ended).toEqual([["b", "unknown", { used: undefined, code: "call.cut" }]]);
  expect(cut).not.toHaveBeenCalled();
});

test("what the answer has told by then counts: its reader is asked, as one that broke off", async () => {
  const { calls, after, stopped, ended } = world();
  const outcome = jest.fn(() => "succeeded" as const);
  calls.begin("a", allowed("a", { answer: reader({ outcome, used: () => 17 }) }));
  stopped.add("a");
  await after(ASKED);
  expect(outcome).toHaveBeenCalledWith(true);
  expect(ended).toEqual([["a", "succeeded", { used: 17, code: "call.cut" }]]);
});

test("a client of MCP is told as JSON-RPC has it", async () => {
  const { calls, after, stopped } = world();
  calls.begin("a", allowed("a", { refused: (denial: Denial) => asRpc(denial, 7) }));
  stopped.add("a");
  await after(ASKED);
  expect(calls.cutOf("a")?.rpc).toMatchObject({ id: 7, code: -32003 });
});

test("what the exchange could not be asked about says so, and is cut all the same", async () => {
  const ended: unknown[] = [];
  let now = 0;
  const calls = new OpenCalls({
    exchange: { stopped: () => Promise.reject(Denial.of("gateway.exchange")) },
    outcomes: { end: (...all) => void ended.push(all) },
    log: () => undefined,
    elapsed: () => now,
  });
  calls.begin("a", allowed("a"));
  for (; now < LIMITS.openCut.seconds * 1_000 && ended.length === 0; now += 1_000) await calls.look();
  expect(ended).toEqual([["a", "unknown", { used: undefined, code: "call.cut" }]]);
  expect(calls.cutOf("a")?.reasons).toMatchObject([
    { code: "call.cut", what: expect.stringContaining("could not be asked") as string },
  ]);
});
