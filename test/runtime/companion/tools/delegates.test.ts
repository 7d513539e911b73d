import { headerOf } from "../../../support/companion/fake-gateway";
import { codesOf } from "../../../support/companion/running";
import { ToTools } from "../../../support/companion/to-tools";

const BY_TASK = "/v1/tasks/answer/delegates/researcher.lookup";

let to: ToTools;
beforeEach(() => {
  to = new ToTools();
});
afterEach(() => to.close());

const arrived = (index = 0) => to.gateway.arrived[index] as never;

test("work is handed on through the gateway, with a token for the delegate that is asked for each time", async () => {
  await to.start();
  await to.running.begin();
  for (const rest of ["/a2a", "/threads/7?after=3"]) {
    expect((await to.ask(`${BY_TASK}${rest}`, { method: "POST" }, "{}")).status).toBe(200);
  }
  expect(to.gateway.arrived.map(({ target }) => target)).toEqual([
    "/agents/researcher/a2a",
    "/agents/researcher/threads/7?after=3",
  ]);
  const asked = to.running.exchange.to("/token").slice(1);
  expect(asked.map(({ form }) => form.audience)).toEqual(["exchange", "exchange"]);
  expect(asked.map(({ details }) => details?.["delegate"])).toEqual(["researcher.lookup", "researcher.lookup"]);
  const shown = [0, 1].map((index) => headerOf(arrived(index), "authorization"));
  expect(new Set(shown.flat()).size).toBe(2);
});

test("the gateway is told what the token proves, and nothing that the agent says in its place", async () => {
  await to.start();
  await to.running.begin();
  const headers = {
    "ambit-start": "user",
    "ambit-task": "other",
    "ambit-session": "new",
    "x-ambit-evidence": "forged",
  };
  await to.ask(`${BY_TASK}/a2a`, { headers });
  const told = ["ambit-start", "ambit-task", "ambit-session", "ambit-run", "x-ambit-evidence"];
  expect(told.map((name) => headerOf(arrived(), name))).toEqual([["delegation"], ["lookup"], [], [], []]);
});

test("an agent joins a run of its delegate's by the reference that it was answered with", async () => {
  await to.start();
  to.gateway.does = (incoming, outgoing) => {
    incoming.resume();
    outgoing.setHeader("ambit-run", "run-of-the-delegate.0123456789abcdef").end("done");
  };
  await to.running.begin();
  const first = await to.ask(`${BY_TASK}/a2a`);
  const reference = String(first.headers["ambit-run"]);
  await to.ask(`${BY_TASK}/a2a`, { headers: { "ambit-join": reference } });
  expect(headerOf(arrived(1), "ambit-run")).toEqual([reference]);
});

test("no tool is told what is for a delegate", async () => {
  await to.start();
  await to.running.begin();
  await to.ask("/v1/tasks/answer/tools/zendesk/tickets/7", { headers: { "ambit-join": "run.0123456789abcdef" } });
  const told = ["ambit-start", "ambit-task", "ambit-run", "ambit-join"];
  expect(told.map((name) => headerOf(arrived(), name))).toEqual([[], [], [], []]);
});

test.each([
  ["no task of the delegate", "/v1/tasks/answer/delegates/researcher/a2a"],
  ["no delegate", "/v1/tasks/answer/delegates/"],
  ["a task in capitals", "/v1/tasks/answer/delegates/researcher.Lookup/a2a"],
  ["a delegate that is encoded", "/v1/tasks/answer/delegates/%72esearcher.lookup/a2a"],
])("fails for %s", async (_, path) => {
  await to.start();
  await to.running.begin();
  const answer = await to.ask(path);
  expect([answer.status, codesOf(answer)]).toEqual([400, ["companion.malformed"]]);
  expect(to.gateway.arrived).toEqual([]);
});

test("fails where no run of the task lives", async () => {
  await to.start();
  const answer = await to.ask(`${BY_TASK}/a2a`);
  expect([answer.status, codesOf(answer)]).toEqual([404, ["companion.no-run"]]);
  expect(to.gateway.arrived).toEqual([]);
});

test("a card is asked for without a run and without a token, with the address that leads there for this caller", async () => {
  await to.start();
  const answer = await to.ask(`${BY_TASK}/.well-known/agent-card.json`, { headers: { authorization: "Bearer none" } });
  expect(answer.status).toBe(200);
  expect(to.gateway.arrived.map(({ target }) => target)).toEqual(["/agents/researcher/.well-known/agent-card.json"]);
  const told = ["authorization", "ambit-task", "ambit-base", "ambit-start"];
  const base = `${to.running.url}${BY_TASK}`;
  expect(told.map((name) => headerOf(arrived(), name))).toEqual([[], ["lookup"], [base], []]);
  expect(to.running.exchange.received).toEqual([]);
});
