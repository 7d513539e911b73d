import { Agent } from "node:http";
import { headerOf, invalidToken } from "../../../support/companion/fake-gateway";
import { refusal } from "../../../support/companion/fake-exchange";
import { codesOf } from "../../../support/companion/running";
import { BY_TASK, ToTools, until } from "../../../support/companion/to-tools";

let to: ToTools;
beforeEach(() => {
  to = new ToTools();
});
afterEach(() => to.close());

const tokens = (): readonly (readonly string[])[] =>
  to.gateway.arrived.map((arrived) => headerOf(arrived, "authorization"));

describe("a token that the gateway does not take", () => {
  /** As after the token was revoked, or its key changed */
  function refuseFirst(): void {
    const { does } = to.gateway;
    to.gateway.does = (incoming, outgoing) =>
      (incoming.headers.authorization === "Bearer token-1" ? invalidToken : does)(incoming, outgoing);
  }

  test("is replaced, and a request without a body is sent again with the new one", async () => {
    await to.start();
    await to.running.begin();
    refuseFirst();
    expect((await to.ask(BY_TASK, { method: "POST" })).text).toBe("done");
    expect(tokens()).toEqual([["Bearer token-1"], ["Bearer token-2"]]);
  });

  test("is replaced for the next request, where this one had a body", async () => {
    await to.start();
    await to.running.begin();
    refuseFirst();
    const answer = await to.ask(BY_TASK, { method: "POST" }, "a");
    expect([answer.status, answer.json]).toEqual([401, { error: "invalid_token" }]);
    expect(tokens()).toEqual([["Bearer token-1"]]);
    expect((await to.ask(BY_TASK, { method: "POST" }, "a")).status).toBe(200);
    expect(tokens()).toEqual([["Bearer token-1"], ["Bearer token-2"]]);
  });

  test("is replaced for the next request, where the gateway reads nothing of a large body", async () => {
    await to.start();
    await to.running.begin();
    const { does } = to.gateway;
    to.gateway.does = (incoming, outgoing) => {
      to.gateway.does = does;
      invalidToken(incoming, outgoing);
      incoming.pause();
    };
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const answer = await to.ask(BY_TASK, { agent, method: "POST" }, Buffer.alloc(20_000_000));
    expect([answer.status, answer.json]).toEqual([401, { error: "invalid_token" }]);
    // On the connection that the rest of the body is in
    expect((await to.ask(BY_TASK, { agent })).status).toBe(200);
    agent.destroy();
    expect(tokens()).toEqual([["Bearer token-1"], ["Bearer token-2"]]);
  });

  test("is replaced once, however many show it", async () => {
    await to.start();
    await to.running.begin();
    refuseFirst();
    const answers = await Promise.all(Array.from({ length: 20 }, () => to.ask(BY_TASK)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(to.running.exchange.to("/token")).toHaveLength(2);
  });

  test("is not replaced again by who hears of it late", async () => {
    await to.start();
    await to.running.begin();
    refuseFirst();
    const { does } = to.gateway;
    let late: () => unknown = () => undefined;
    to.gateway.does = (incoming, outgoing) => {
      to.gateway.does = does;
      late = () => invalidToken(incoming, outgoing);
    };
    const waiting = to.ask(BY_TASK);
    await until(() => to.gateway.arrived.length === 1);
    await to.ask(BY_TASK);
    late();
    expect((await waiting).status).toBe(200);
    expect(tokens().at(-1)).toEqual(["Bearer token-2"]);
  });

  test("fails with the gateway's refusal where it does not take the new one either", async () => {
    await to.start();
    await to.running.begin();
    to.gateway.does = invalidToken;
    const answer = await to.ask(BY_TASK);
    expect([answer.status, answer.json]).toEqual([401, { error: "invalid_token" }]);
    expect(tokens()).toEqual([["Bearer token-1"], ["Bearer token-2"]]);
  });

  test("fails with the exchange's refusal where there is no new one", async () => {
    await to.start();
    await to.running.begin();
    refuseFirst();
    to.running.exchange.said.set("/token", refusal("access_denied", "run.revoked"));
    const answer = await to.ask(BY_TASK);
    expect([answer.status, codesOf(answer)]).toEqual([403, ["run.revoked"]]);
  });
});

test.each([
  ["of the tool itself, in the gateway's words", "application/json", '{"error":"invalid_token"}', {}],
  ["of another reason", "application/json", '{"error":"insufficient_scope"}', { "x-ambit-decision": "d-1" }],
  ["of the tool", "text/html", "invalid_token", { "x-ambit-decision": "d-1" }],
  ["that is no JSON", "application/json", "invalid_token", { "x-ambit-decision": "d-1" }],
  ["that is null", "application/json", "null", { "x-ambit-decision": "d-1" }],
  [
    "that is long",
    "application/json",
    JSON.stringify({ error: "invalid_token", a: "a".repeat(20_000) }),
    { "x-ambit-decision": "d-1" },
  ],
  [
    "that is encoded",
    "application/json",
    '{"error":"invalid_token"}',
    { "content-encoding": "br", "x-ambit-decision": "d-1" },
  ],
])("a 401 %s is passed on, and the token stays", async (_, type, text, more) => {
  await to.start();
  await to.running.begin();
  to.gateway.does = (_incoming, outgoing) => {
    outgoing.writeHead(401, { "content-type": type, "content-length": text.length, ...more });
    outgoing.end(text);
  };
  const answer = await to.ask(BY_TASK);
  expect([answer.status, answer.text]).toEqual([401, text]);
  await to.ask(BY_TASK);
  expect(tokens()).toEqual([["Bearer token-1"], ["Bearer token-1"]]);
});
