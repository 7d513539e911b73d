import { refusal } from "../../support/companion/fake-exchange";
import { codesOf, NOON } from "../../support/companion/running";
import { Serving } from "../../support/companion/serving";
import { BY_TASK, ToTools } from "../../support/companion/to-tools";
import { AGENT, thumbprintOf } from "../../support/companion/trust";

let serving: Serving;
beforeEach(() => {
  serving = new Serving();
});
afterEach(() => serving.close());

test("what the companion refuses is told to the exchange by its own SVID, with its number and nothing of the request", async () => {
  await serving.start();
  const { running } = serving;
  for (let n = 0; n < 3; n += 1) await running.ask("/v1/runs/the-secret", { headers: { "x-odd": "the-secret" } });
  expect(await serving.running.toldAtTheEnd()).toEqual([
    { codes: ["companion.no-run"], via: "agent", time: NOON, count: 3 },
  ]);
  const [received] = running.exchange.to("/refusals");
  expect(received?.thumbprint).toBe(thumbprintOf(running.svid));
  expect(JSON.stringify(received)).not.toContain("the-secret");
});

test.each<readonly [what: string, code: string, via: string, ask: () => Promise<unknown>]>([
  [
    "a page of a browser",
    "companion.browser",
    "agent",
    () => serving.running.ask("/v1/runs", { headers: { origin: "x" } }),
  ],
  ["an address that is not served", "companion.no-address", "agent", () => serving.running.ask("/elsewhere")],
  [
    "a method that is not served",
    "companion.no-method",
    "agent",
    () => serving.running.ask("/v1/runs", { method: "PUT" }),
  ],
  ["a call for a tool without a run", "companion.no-run", "tools", () => serving.to.ask(BY_TASK)],
  [
    "a client that is not the gateway",
    "companion.not-gateway",
    "gateway",
    () => serving.ask("/chat", { ...serving.running.authority.svid(AGENT) }),
  ],
  ["a request that says too little", "companion.malformed", "gateway", () => serving.ask("/chat", { headers: {} })],
])("%s is told", async (_, code, via, ask) => {
  await serving.start();
  await ask();
  expect(await serving.running.toldAtTheEnd()).toEqual([{ codes: [code], via, time: NOON, count: 1 }]);
});

test("a request whose run is known is told with its run", async () => {
  await serving.start();
  serving.stopAgent();
  expect(codesOf(await serving.ask())).toEqual(["companion.no-agent"]);
  expect(await serving.running.toldAtTheEnd()).toMatchObject([
    { codes: ["companion.no-agent"], via: "gateway", run: "run-1" },
  ]);
});

test("so is a call for a tool", async () => {
  const to = new ToTools();
  await to.start();
  const run = await to.running.begin();
  await to.gateway.stop();
  expect(codesOf(await to.ask(BY_TASK))).toEqual(["companion.no-gateway"]);
  expect(await to.running.toldAtTheEnd()).toMatchObject([{ codes: ["companion.no-gateway"], via: "tools", run }]);
  await to.close();
});

describe("nothing is told of", () => {
  test("what the exchange has refused, which is on record there", async () => {
    await serving.start();
    serving.running.exchange.said.set("/runs", refusal("access_denied", "evidence.replayed"));
    expect(codesOf(await serving.ask())).toEqual(["evidence.replayed"]);
    expect(await serving.running.toldAtTheEnd()).toEqual([]);
  });

  test("what is served", async () => {
    await serving.start();
    expect((await serving.ask()).status).toBe(200);
    expect(await serving.running.toldAtTheEnd()).toEqual([]);
  });

  test("the kubelet, which is told that there is no SVID", async () => {
    await serving.start();
    serving.running.source.takeAway("gone");
    expect((await serving.running.ask("/ready")).status).toBe(503);
    expect(await serving.running.toldAtTheEnd()).toEqual([]);
  });
});

test("an exchange that does not answer keeps no request waiting, and the companion ends all the same", async () => {
  await serving.start();
  serving.running.exchange.said.set("/refusals", () => undefined);
  expect((await serving.running.ask("/v1/runs/none")).status).toBe(404);
  await serving.running.drain();
  expect(serving.running.exchange.to("/refusals")).toHaveLength(1);
});
