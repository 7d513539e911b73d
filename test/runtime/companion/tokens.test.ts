import { refusal, RUN_SECONDS, TOKEN_SECONDS } from "../../support/companion/fake-exchange";
import { codesOf, NOON, Running } from "../../support/companion/running";
import { AGENT, thumbprintOf } from "../../support/companion/trust";

let running: Running;
beforeEach(() => {
  running = new Running();
});
afterEach(() => running.close());

const token = (run: string, body: object) => running.ask(`/v1/runs/${run}/token`, { body });
const tokens = (): number => running.exchange.to("/token").length;

test("a run goes on without evidence, named by its id", async () => {
  await running.start();
  const run = await running.begin();
  const answer = await token(run, { audience: "tool:articles", scope: ["read"] });
  expect(answer.status).toBe(200);
  expect(answer.json).toMatchObject({ access_token: "token-2", audience: "tool:articles", scope: ["read"] });
  expect(running.exchange.received[1]?.form).toEqual({
    grant_type: "client_credentials",
    audience: "tool:articles",
    scope: "read",
    authorization_details: JSON.stringify([{ type: "ambit_task", task: "answer", run }]),
  });
});

test("the first token is answered again, with the seconds of now", async () => {
  await running.start();
  const run = await running.begin();
  running.now += 100;
  const { json } = await token(run, { audience: "tool:zendesk" });
  expect(json).toMatchObject({ access_token: "token-1", expires_in: TOKEN_SECONDS - 100 });
  expect(json.expires_at).toBe(NOON + TOKEN_SECONDS);
  expect(tokens()).toBe(1);
});

test("a tool's token is from memory until 30 s before it expires", async () => {
  await running.start();
  const run = await running.begin();
  running.now += TOKEN_SECONDS - 31;
  expect((await token(run, { audience: "tool:zendesk" })).json.access_token).toBe("token-1");
  running.now += 1;
  expect((await token(run, { audience: "tool:zendesk" })).json.access_token).toBe("token-2");
});

test("audiences and scopes have a token each", async () => {
  await running.start();
  const run = await running.begin({ scope: ["read"] });
  const asked = [
    { audience: "tool:zendesk" },
    { audience: "tool:zendesk", scope: ["comment"] },
    { audience: "tool:x" },
  ];
  for (const body of asked) await token(run, body);
  for (const body of asked) await token(run, body);
  expect(tokens()).toBe(1 + asked.length);
});

test("runs have a token each", async () => {
  await running.start();
  const [one, other] = [await running.begin(), await running.begin()];
  expect((await token(one, { audience: "tool:zendesk" })).json.access_token).toBe("token-1");
  expect((await token(other, { audience: "tool:zendesk" })).json.access_token).toBe("token-2");
});

test("100 requests at once cause one exchange", async () => {
  await running.start();
  const run = await running.begin();
  running.exchange.delayMs = 50;
  const answers = await Promise.all(Array.from({ length: 100 }, () => token(run, { audience: "tool:articles" })));
  expect(new Set(answers.map(({ json }) => json.access_token))).toEqual(new Set(["token-2"]));
  expect(tokens()).toBe(2);
});

test("a token for a delegate is asked for each time", async () => {
  const body = { audience: "exchange", delegate: "researcher.lookup" };
  await running.start();
  const run = await running.begin();
  const [one, other] = [await token(run, body), await token(run, body)];
  expect([one.json.access_token, other.json.access_token]).toEqual(["token-2", "token-3"]);
  const { audience: _audience, ...exact } = body;
  expect(running.exchange.received[2]?.details).toEqual({ type: "ambit_task", task: "answer", run, ...exact });
});

test("when the SVID rotates, tokens are fetched anew with the new one", async () => {
  await running.start();
  const run = await running.begin();
  const next = running.authority.svid(AGENT);
  running.source.give(next, running.authority.own);
  expect((await token(run, { audience: "tool:zendesk" })).json.access_token).toBe("token-2");
  expect(running.exchange.received.map(({ thumbprint }) => thumbprint)).toEqual([
    thumbprintOf(running.svid),
    thumbprintOf(next),
  ]);
  expect((await token(run, { audience: "tool:zendesk" })).json.access_token).toBe("token-2");
});

test("near the end of the run a short token is given, and fetched anew each time", async () => {
  await running.start();
  const run = await running.begin();
  running.now += RUN_SECONDS - 10;
  expect((await token(run, { audience: "tool:zendesk" })).json).toMatchObject({
    access_token: "token-2",
    expires_in: 10,
  });
  expect((await token(run, { audience: "tool:zendesk" })).json.access_token).toBe("token-3");
});

describe("fails", () => {
  test("when the run is ended while the exchange thinks, and what comes is revoked", async () => {
    await running.start();
    const run = await running.begin();
    running.exchange.delayMs = 100;
    const asked = token(run, { audience: "tool:articles" });
    while (tokens() < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await running.ask(`/v1/runs/${run}`, { method: "DELETE" });
    const answer = await asked;
    expect([answer.status, codesOf(answer)]).toEqual([404, ["companion.no-run"]]);
    // Both are sent at once.
    const revoked = running.exchange.to("/revoke").map(({ form }) => `${form.token}`);
    expect(revoked.sort()).toEqual(["token-1", "token-2"]);
  });

  test("when the exchange refuses, even with earlier tokens in memory", async () => {
    await running.start();
    const run = await running.begin();
    running.now += TOKEN_SECONDS - 10;
    running.exchange.said.set("/token", refusal("access_denied", "agent.revoked"));
    const answer = await token(run, { audience: "tool:zendesk" });
    expect([answer.status, codesOf(answer)]).toEqual([403, ["agent.revoked"]]);
  });

  test.each([
    ["a token", "520", "520"],
    ["a token, and that nothing changes with time", undefined, undefined],
  ])("when the exchange refuses %s, with the time to wait that it names", async (_, said, passed) => {
    await running.start();
    const run = await running.begin();
    running.now += TOKEN_SECONDS;
    const waiting = {
      error: "access_denied",
      reasons: [{ code: "mark.reserved", what: "w", fix: "f" }],
      retry_after: 520,
    };
    const headers = said === undefined ? {} : { "retry-after": said };
    running.exchange.said.set("/token", { status: 400, body: waiting, headers });
    const answer = await token(run, { audience: "tool:zendesk" });
    expect([answer.status, answer.json, answer.headers["retry-after"]]).toEqual([403, waiting, passed]);
  });

  test("when the exchange cannot be reached, but for what is in memory and good", async () => {
    await running.start();
    const run = await running.begin();
    await running.exchange.stop();
    expect((await token(run, { audience: "tool:zendesk" })).json.access_token).toBe("token-1");
    running.now += TOKEN_SECONDS;
    const answer = await token(run, { audience: "tool:zendesk" });
    expect([answer.status, codesOf(answer), answer.headers["retry-after"]]).toEqual([
      503,
      ["companion.no-exchange"],
      "1",
    ]);
    expect(answer.json.error_description).toMatch(/^the exchange gives no answer: Error: .*ECONNREFUSED/);
  });

  test.each([
    ["another run", { run: "run-9" }],
    ["another task", { task: "refund" }],
  ])("when the exchange answers with a token of %s", async (_, other) => {
    await running.start();
    const run = await running.begin();
    const details = {
      type: "ambit_task",
      task: "answer",
      start: "user",
      run,
      txn: "t",
      sid: "s",
      run_expires_at: NOON + 9,
    };
    const body = {
      access_token: "x",
      token_type: "Bearer",
      expires_in: 9,
      authorization_details: [{ ...details, ...other }],
    };
    running.exchange.said.set("/token", { status: 200, body });
    const answer = await token(run, { audience: "tool:articles" });
    expect([answer.status, codesOf(answer)]).toEqual([503, ["companion.no-exchange"]]);
    expect(answer.json.error_description).toMatch(/a token of another run/);
  });

  test("a refused token is not requested again at once, but by a later request", async () => {
    await running.start();
    const run = await running.begin();
    running.exchange.said.set("/token", refusal("invalid_scope", "scope.too-wide"));
    for (let n = 0; n < 10; n++) await token(run, { audience: "tool:articles" });
    expect(tokens()).toBe(2);
    running.now += 5;
    running.exchange.said.clear();
    expect((await token(run, { audience: "tool:articles" })).status).toBe(200);
  });
});
