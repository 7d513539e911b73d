import { headerOf } from "../../../support/companion/fake-gateway";
import { type Answer, codesOf } from "../../../support/companion/running";
import { Serving } from "../../../support/companion/serving";
import { BY_SELF, BY_TASK } from "../../../support/companion/to-tools";

let serving: Serving;
beforeEach(async () => {
  serving = new Serving();
  serving.running.exchange.sids.set("a.a.a", "session-a").set("b.b.b", "session-b");
  await serving.start();
});
afterEach(() => serving.close());

const EVIDENCE = { a: "a.a.a", b: "b.b.b" } as const;

/** The handle of a request of one of two users */
async function handleOf(who: keyof typeof EVIDENCE, more = {}): Promise<string> {
  await serving.ask("/chat", { headers: serving.said(EVIDENCE[who], more) });
  return headerOf(serving.got.at(-1) as never, "ambit-run")[0] as string;
}

/** Of which runs tokens were asked for */
const asked = (): readonly unknown[] => serving.running.exchange.to("/token").map(({ details }) => details.run);

function expectRefused(answer: Answer, status: number, code: string): void {
  expect([answer.status, codesOf(answer)]).toEqual([status, [code]]);
  expect([serving.to.gateway.arrived, asked()]).toEqual([[], []]);
}

type Carries = (handle: string) => { readonly path: string; readonly headers?: Record<string, string> };

const TOOLS: readonly (readonly [string, Carries])[] = [
  ["Ambit-Run", (handle) => ({ path: BY_TASK, headers: { "ambit-run": handle } })],
  ["baggage", (handle) => ({ path: BY_TASK, headers: { baggage: `ambit-run=${handle}` } })],
  ["baggage with others", (handle) => ({ path: BY_TASK, headers: { baggage: `a=1, ambit-run = ${handle} ;p=q,b=2` } })],
  ["the address", (handle) => ({ path: `/v1/runs/${handle}/tools/zendesk` })],
];

const AWS: readonly (readonly [string, Carries])[] = [
  ["Ambit-Run", (handle) => ({ path: "/v1/tasks/answer/aws-credentials", headers: { "ambit-run": handle } })],
  ["baggage", (handle) => ({ path: "/v1/tasks/answer/aws-credentials", headers: { baggage: `ambit-run=${handle}` } })],
  ["the address", (handle) => ({ path: `/v1/runs/${handle}/aws-credentials` })],
];

describe.each(TOOLS)("a call for a tool with the handle in %s", (_, carrying) => {
  test("belongs to its run, with other users served as well", async () => {
    const [one, other] = [await handleOf("a"), await handleOf("b")];
    for (const handle of [one, other, one]) {
      const { path, headers = {} } = carrying(handle);
      expect((await serving.to.ask(path, { headers })).status).toBe(200);
    }
    expect(asked()).toEqual(["run-1", "run-2"]);
    const shown = serving.to.gateway.arrived.map((each) => headerOf(each, "authorization")[0]);
    expect(shown).toEqual(["Bearer token-1", "Bearer token-2", "Bearer token-1"]);
  });

  test("does not show it to the gateway", async () => {
    const handle = await handleOf("a");
    const { path, headers = {} } = carrying(handle);
    await serving.to.ask(path, { headers: { ...headers, "ambit-more": handle, ambit_run: handle } });
    expect(JSON.stringify(serving.to.gateway.arrived)).not.toContain(handle);
  });

  test.each([
    ["it is the id of the run", () => "run-1"],
    ["it is the reference that the caller has", () => "run-1.0123456789abcdef"],
    ["it was never issued", () => "A".repeat(43)],
    ["it is cut short", (handle: string) => handle.slice(0, -1)],
    ["it has the letters of another case", (handle: string) => handle.toUpperCase()],
  ])("fails with companion.no-run when %s, though one run lives", async (_, changed) => {
    const handle = await handleOf("a");
    const { path, headers = {} } = carrying(changed(handle));
    expectRefused(await serving.to.ask(path, { headers }), 404, "companion.no-run");
  });

  test("fails with companion.no-run when its run is over, though another lives", async () => {
    const handle = await handleOf("a");
    await handleOf("b");
    await serving.running.ask(`/v1/runs/${handle}`, { method: "DELETE" });
    const { path, headers = {} } = carrying(handle);
    expectRefused(await serving.to.ask(path, { headers }), 404, "companion.no-run");
  });
});

test("fails with companion.no-run when the time of the run is over, though another lives", async () => {
  serving.running.exchange.runSeconds = 10;
  const handle = await handleOf("a");
  serving.running.exchange.runSeconds = 900;
  await handleOf("b");
  serving.running.now += 10;
  expectRefused(await serving.to.ask(BY_TASK, { headers: { "ambit-run": handle } }), 404, "companion.no-run");
});

describe.each(AWS)("AWS credentials with the handle in %s", (_, carrying) => {
  test("are those of its run", async () => {
    const [one, other] = [await handleOf("a"), await handleOf("b")];
    for (const handle of [one, other, one]) {
      const { path, headers = {} } = carrying(handle);
      expect((await serving.running.ask(path, { headers })).status).toBe(200);
    }
    expect(asked()).toEqual(["run-1", "run-2"]);
  });

  test("fail with the id of its run", async () => {
    await handleOf("a");
    const { path, headers = {} } = carrying("run-1");
    expectRefused(await serving.running.ask(path, { headers }), 404, "companion.no-run");
  });
});

describe("a token", () => {
  test("is asked for by the handle", async () => {
    const handle = await handleOf("a");
    const answer = await serving.running.ask(`/v1/runs/${handle}/token`, { body: { audience: "tool:zendesk" } });
    expect([answer.status, asked()]).toEqual([200, ["run-1"]]);
  });

  test.each(["", "/token", "/aws-credentials"])("fails by the id of the run: /v1/runs/run-1%s", async (rest) => {
    await handleOf("a");
    const body = rest === "/token" ? { body: { audience: "tool:zendesk" } } : {};
    expectRefused(await serving.running.ask(`/v1/runs/run-1${rest}`, body), 404, "companion.no-run");
  });

  test("fails by the id of the run where it should end", async () => {
    const handle = await handleOf("a");
    expectRefused(await serving.running.ask("/v1/runs/run-1", { method: "DELETE" }), 404, "companion.no-run");
    expect((await serving.running.ask(`/v1/runs/${handle}`)).status).toBe(200);
  });
});

describe("fails with companion.other-run when", () => {
  test.each<[string, (one: string, other: string) => { path: string; headers: Record<string, string> }]>([
    [
      "header and baggage differ",
      (one, other) => ({ path: BY_TASK, headers: { "ambit-run": one, baggage: `ambit-run=${other}` } }),
    ],
    [
      "address and header differ",
      (one, other) => ({ path: `/v1/runs/${one}/tools/zendesk`, headers: { "ambit-run": other } }),
    ],
    [
      "address and baggage differ",
      (one, other) => ({ path: `/v1/runs/${one}/tools/zendesk`, headers: { baggage: `ambit-run=${other}` } }),
    ],
    ["the header names two", (one, other) => ({ path: BY_TASK, headers: { "ambit-run": `${one}, ${other}` } })],
    [
      "baggage names two",
      (one, other) => ({ path: BY_TASK, headers: { baggage: `ambit-run=${one},ambit-run=${other}` } }),
    ],
    [
      "the task is not the run's",
      (one) => ({ path: BY_TASK.replace("answer", "refund"), headers: { "ambit-run": one } }),
    ],
    ["the agent starts it itself", (one) => ({ path: BY_SELF, headers: { baggage: `ambit-run=${one}` } })],
  ])("%s", async (_, of) => {
    const { path, headers } = of(await handleOf("a"), await handleOf("b"));
    expectRefused(await serving.to.ask(path, { headers }), 409, "companion.other-run");
  });

  test.each([
    ["the task is not the run's", "/v1/tasks/refund/aws-credentials"],
    ["the agent starts it itself", "/v1/tasks/answer/aws-credentials?start=agent"],
  ])("of AWS credentials %s", async (_, path) => {
    const headers = { "ambit-run": await handleOf("a") };
    expectRefused(await serving.running.ask(path, { headers }), 409, "companion.other-run");
  });

  test("of a token header and address differ", async () => {
    const [one, other] = [await handleOf("a"), await handleOf("b")];
    const answer = await serving.running.ask(`/v1/runs/${one}/token`, {
      body: { audience: "tool:zendesk" },
      headers: { baggage: `ambit-run=${other}` },
    });
    expectRefused(answer, 409, "companion.other-run");
  });
});

test("two handles of one run are one run", async () => {
  const [one, other] = [await handleOf("a"), await handleOf("a", { "x-ambit-join": "run-1" })];
  const headers = { "ambit-run": one, baggage: `ambit-run=${other}` };
  expect((await serving.to.ask(BY_TASK, { headers })).status).toBe(200);
  expect(asked()).toEqual(["run-1"]);
});

describe("without a handle", () => {
  test.each([
    ["a tool", () => serving.to.ask(BY_TASK)],
    ["a delegate", () => serving.to.ask("/v1/tasks/answer/delegates/researcher.lookup/a2a")],
    ["AWS credentials", () => serving.running.ask("/v1/tasks/answer/aws-credentials")],
  ])("fails with companion.no-handle for %s, also where one request alone is served", async (_, call) => {
    await handleOf("a");
    expectRefused(await call(), 409, "companion.no-handle");
    await handleOf("b");
    expectRefused(await call(), 409, "companion.no-handle");
  });

  test("fails with companion.no-handle for what is still at work when its own run is over", async () => {
    serving.running.exchange.runSeconds = 60;
    await handleOf("a");
    serving.running.now += 61;
    serving.running.exchange.runSeconds = 900;
    await handleOf("b");
    expectRefused(await serving.to.ask(BY_TASK), 409, "companion.no-handle");
  });

  test("a self-started run needs none, with any user served", async () => {
    await handleOf("a");
    await handleOf("b");
    expect((await serving.to.ask(BY_SELF)).status).toBe(200);
    expect(serving.running.exchange.to("/token")[0]?.details).toMatchObject({ start: "agent" });
  });

  test("a run that the agent began itself is named by its id, as ever", async () => {
    const run = await serving.running.begin({ start: "agent", evidence: undefined });
    expect((await serving.to.ask(`/v1/runs/${run}/tools/zendesk`)).status).toBe(200);
  });
});

test("baggage of the agent is sent on, without the handle", async () => {
  const handle = await handleOf("a");
  await serving.to.ask(BY_TASK, { headers: { baggage: `a=1,ambit-run=${handle},b=2` } });
  expect(headerOf(serving.to.gateway.arrived[0] as never, "baggage")).toEqual(["a=1,b=2"]);
});

describe("fails with companion.serving when the agent shows evidence itself", () => {
  test.each(["user", "schedule", "event", "delegation"])("of start %s", async (start) => {
    const body = { task: "answer", start, evidence: "a.b.c", audience: "tool:zendesk" };
    expectRefused(await serving.running.ask("/v1/runs", { body }), 403, "companion.serving");
    expect(serving.running.exchange.received).toEqual([]);
  });
});
