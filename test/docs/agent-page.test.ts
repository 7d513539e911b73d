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

describe("a refund", () => {
  const required = (): Reply => {
    const request = { id: "h-1", status: "pending", group: "leads", expires_at: Math.floor(Date.now() / 1000) + 2 };
    return [403, refusal("approval_required", "approval.required", { access_request: request })];
  };
  const refund = () => sample("src/refund.ts")["refund"]?.("of-ada", "A-17", new AbortController().signal);
  let said: unknown[];
  beforeEach(() => {
    said = [];
    jest.spyOn(console, "log").mockImplementation((line: unknown) => void said.push(line));
  });
  afterEach(() => jest.restoreAllMocks());

  test("gets its token when somebody has agreed", async () => {
    companion.reply = ({ body }) => ((body as { approval?: string }).approval === undefined ? required() : undefined);
    await expect(refund()).resolves.toMatchObject({ value: "for-tool:payments" });
    expect(said).toEqual([expect.stringMatching(/^asked leads, open until \d{4}-/)]);
    const call = { action: "refund", destination: "mcp.pay.acme.example", arguments: { order: "A-17" } };
    expect(companion.asked.map(({ body }) => body)).toMatchObject([call, { ...call, approval: "h-1" }]);
  });

  test("is told where they refused", async () => {
    companion.reply = ({ body }) =>
      (body as { approval?: string }).approval === undefined
        ? required()
        : [403, refusal("access_denied", "approval.refused")];
    await expect(refund()).resolves.toBe("the approvers refused");
  });

  test("is told where nobody has decided", async () => {
    companion.reply = ({ body }) =>
      (body as { approval?: string }).approval === undefined
        ? required()
        : [403, refusal("authorization_pending", "approval.pending")];
    await expect(refund()).resolves.toBe("nobody has decided yet");
  });

  test("fails where it is refused for another reason", async () => {
    companion.reply = () => [403, refusal("access_denied", "agent.suspended")];
    await expect(refund()).rejects.toThrow("agent.suspended: what: fix");
  });
});
