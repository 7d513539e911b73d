import { AmbitClient } from "../../client/typescript/index";
import type { FakeExchange } from "../support/companion/fake-exchange";
import { refusal } from "../support/companion/fake-exchange";
import { ToTools } from "../support/companion/to-tools";
import { NOON, Running } from "../support/companion/running";

let running: Running;
beforeEach(() => {
  running = new Running();
});
afterEach(() => running.close());

async function client(): Promise<AmbitClient> {
  await running.start();
  return new AmbitClient({ url: running.url });
}
const begun = async () => (await client()).run("answer", { start: "user", evidence: "a.b.c" });
const audiences = (exchange: FakeExchange) => exchange.to("/token").map(({ form }) => form["audience"]);

test("a run gives tokens, is handed on, gives AWS credentials and ends", async () => {
  const run = await begun();
  await expect(run.token("zendesk", { actions: ["read"] })).resolves.toEqual({
    value: "token-1",
    authorization: "Bearer token-1",
    expiresAt: new Date((NOON + 300) * 1000),
    actions: ["read"],
  });
  expect(run.names).toEqual({ run: "run-1", txn: "txn-1", sid: "session-1", expiresAt: new Date((NOON + 900) * 1000) });
  await expect(run.delegate("researcher.lookup")).resolves.toMatchObject({ value: "token-2", actions: undefined });
  await expect(run.awsCredentials()()).resolves.toEqual({
    accessKeyId: "ASIA1",
    secretAccessKey: "secret",
    sessionToken: "session",
    expiration: new Date((NOON + 900) * 1000),
  });
  expect(audiences(running.exchange)).toEqual(["tool:zendesk", "exchange", "aws"]);
  await run.end();
  await expect(run.token("zendesk")).rejects.toMatchObject({ reasons: [{ code: "companion.no-run" }] });
  await expect(run.end()).resolves.toBeUndefined();
});

test("a run begins with AWS credentials", async () => {
  const run = await begun();
  await expect(run.awsCredentials()()).resolves.toMatchObject({ accessKeyId: "ASIA1" });
  expect(audiences(running.exchange)).toEqual(["aws"]);
  await expect(run.token("zendesk")).resolves.toMatchObject({ actions: ["comment", "read"] });
});

test("a tool is called at its address, with the token that the companion shows", async () => {
  const tools = await new ToTools().start();
  try {
    const run = new AmbitClient({ url: tools.running.url }).run("answer", { start: "user", evidence: "a.b.c" });
    const answer = await fetch(`${await run.toolUrl("zendesk")}/api/v2/tickets/7`);
    expect([answer.status, await answer.text()]).toEqual([200, "done"]);
    expect(tools.gateway.arrived).toMatchObject([{ method: "GET", target: "/tools/zendesk/api/v2/tickets/7" }]);
    expect(tools.gateway.arrived[0]?.raw).toContain("Bearer token-1");
  } finally {
    await tools.close();
  }
});

test("an agent's own task has AWS credentials for as long as the process lives", async () => {
  const provider = (await client()).awsCredentials("fetch");
  await expect(provider()).resolves.toMatchObject({ accessKeyId: "ASIA1" });
  await expect(provider()).resolves.toMatchObject({ accessKeyId: "ASIA1" });
  expect(running.exchange.to("/token").map(({ details }) => details)).toEqual([
    { type: "ambit_task", task: "fetch", start: "agent" },
  ]);
});

test("fails as the exchange refuses, with its reasons", async () => {
  const run = await begun();
  running.exchange.said.set("/token", refusal("access_denied", "mark.above-clearance"));
  await expect(run.token("zendesk")).rejects.toMatchObject({
    name: "AmbitRefused",
    error: "access_denied",
    reasons: [{ code: "mark.above-clearance", what: "it is so", fix: "make it otherwise" }],
  });
});

test("fails where the exchange is unavailable, and says for how long to wait", async () => {
  const run = await begun();
  const body = { error: "temporarily_unavailable", reasons: [{ code: "store.unavailable", what: "w", fix: "f" }] };
  running.exchange.said.set("/token", { status: 503, body, headers: { "retry-after": "2" } });
  await expect(run.token("zendesk")).rejects.toMatchObject({
    name: "AmbitUnavailable",
    reasons: [{ code: "store.unavailable" }],
    retryAfterSeconds: expect.any(Number),
  });
});
