import { FakeCompanion, refusal, type Reply } from "../support/fake-companion";
import { BLOCKS } from "./pages";
import { runBlock } from "./run";

const PAGE = "docs/get-credentials-in-an-agent.md";
/** What a sample of the page exports */
const sample = (path: string): Record<string, (...args: unknown[]) => unknown> =>
  runBlock(BLOCKS.find((block) => block.page === PAGE && block.path === path) as (typeof BLOCKS)[number]) as never;

const companion = new FakeCompanion();
const before = { ...process.env };
beforeAll(async () => {
  process.env["AMBIT_COMPANION_URL"] = await companion.start();
  delete process.env["AMBIT_COMPANION_TOKEN_FILE"];
});
beforeEach(() => {
  companion.asked.length = 0;
  companion.reply = undefined;
});
afterAll(async () => {
  process.env = before;
  await companion.stop();
});
const asked = (): readonly unknown[] =>
  companion.asked.map(({ method, path, body }) => [`${method} ${path}`, ...(body === undefined ? [] : [body])]);

test("a run is begun, goes on and ends", async () => {
  const work = (...given: unknown[]) => Promise.resolve({ given: given.slice(0, 2), ended: asked().length > 2 });
  const done = await sample("src/answer.ts")["answer"]?.("of-ada", work);
  expect(done).toMatchObject({ given: [{ value: "for-tool:zendesk" }, { value: "for-exchange" }], ended: false });
  expect(asked()).toEqual([
    ["POST /v1/runs", { task: "answer", start: "user", evidence: "of-ada", audience: "tool:zendesk", scope: ["read"] }],
    ["POST /v1/runs/r-1/token", { audience: "exchange", delegate: "researcher.lookup" }],
    ["DELETE /v1/runs/r-1"],
  ]);
});

test("the run lives until the work is done, and ends where that fails", async () => {
  const work = async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(asked()).toHaveLength(2);
    throw new Error("the tool is away");
  };
  await expect(sample("src/answer.ts")["answer"]?.("of-ada", work)).rejects.toThrow("the tool is away");
  expect(asked().at(-1)).toEqual(["DELETE /v1/runs/r-1"]);
});

test("what was begun is ended, where the rest is refused", async () => {
  companion.reply = ({ path }) =>
    path.endsWith("/token") ? [403, refusal("access_denied", "delegation.undeclared")] : undefined;
  const work = jest.fn();
  await expect(sample("src/answer.ts")["answer"]?.("of-ada", work)).rejects.toThrow("delegation.undeclared");
  expect(work).not.toHaveBeenCalled();
  expect(asked().at(-1)).toEqual(["DELETE /v1/runs/r-1"]);
});

test("what was handed on starts the other agent's run", async () => {
  const run = sample("src/lookup.ts")["lookup"]?.("handed") as { token(tool: string): Promise<unknown> };
  await run.token("claude");
  expect(asked()).toEqual([
    ["POST /v1/runs", { task: "lookup", start: "delegation", evidence: "handed", audience: "tool:claude" }],
  ]);
});

describe("a call that a person approves", () => {
  const required = (): Reply => [403, refusal("approval_required", "approval.required"), { "retry-after": "0" }];
  const call = () => fetch(`${process.env["AMBIT_COMPANION_URL"]}/v1/tasks/refund/tools/payments/refunds`);
  const approved = (signal = new AbortController().signal) => sample("src/approved.ts")["approved"]?.(call, signal);

  test("is sent again until a person has approved", async () => {
    companion.reply = (_, count) => (count < 3 ? required() : [200, { refunded: 12 }]);
    await expect(approved()).resolves.toMatchObject({ status: 200 });
    expect(companion.asked).toHaveLength(3);
    expect(new Set(companion.asked.map(({ path }) => path)).size).toBe(1);
  });

  test.each(["approval.refused", "agent.suspended"])("is not sent again where it is refused with %s", async (code) => {
    companion.reply = (_, count) => (count === 1 ? required() : [403, refusal("access_denied", code)]);
    await expect(approved()).resolves.toMatchObject({ status: 403 });
    expect(companion.asked).toHaveLength(2);
  });

  test("fails when the wait is aborted", async () => {
    companion.reply = required;
    const gone = new AbortController();
    const waiting = approved(gone.signal);
    gone.abort();
    await expect(waiting).rejects.toThrow("abort");
  });
});
