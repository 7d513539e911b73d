import { EventEmitter } from "node:events";
import { type IncomingMessage, ServerResponse } from "node:http";
import { headerOf } from "../../../support/companion/fake-gateway";
import { codesOf } from "../../../support/companion/running";
import { ToTools } from "../../../support/companion/to-tools";

const BASE = "/v1/tasks/answer/delegates/researcher.lookup";
const A2A = { "a2a-version": "1.0", "content-type": "application/json" };

let to: ToTools;
let references: number;
beforeEach(async () => {
  to = new ToTools();
  await to.start();
  await to.running.begin();
  references = 0;
  to.gateway.does = (incoming, outgoing) => {
    void bodyOf(incoming).then((body) => {
      references += 1;
      outgoing.setHeader("ambit-run", `run-of-the-delegate-${references}.0123456789abcdef`);
      outgoing.setHeader("content-type", "application/json");
      const task = { id: `t-${references}`, contextId: `c-${references}`, status: {} };
      outgoing.end(JSON.stringify({ jsonrpc: "2.0", id: body.length, result: { task } }));
    });
  };
});
afterEach(() => to.close());

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of incoming.setEncoding("utf8") as AsyncIterable<string>) text += part;
  return text;
}

const call = (method: string, params: object) => JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
const ask = (method: string, params: object, headers: Record<string, string> = A2A, base = BASE) =>
  to.ask(`${base}/a2a`, { method: "POST", headers }, call(method, params));
const joined = () => to.gateway.arrived.map((each) => headerOf(each, "ambit-run")[0]);
const FIRST = "run-of-the-delegate-1.0123456789abcdef";

test.each<[string, string, object]>([
  ["asks for the task", "GetTask", { id: "t-1" }],
  ["cancels the task", "CancelTask", { id: "t-1" }],
  ["follows the task", "SubscribeToTask", { id: "t-1" }],
  [
    "sets a push notification",
    "CreateTaskPushNotificationConfig",
    { taskId: "t-1", id: "p", url: "https://x.example" },
  ],
  ["lists push notifications", "ListTaskPushNotificationConfigs", { taskId: "t-1" }],
  ["goes on with the context", "SendMessage", { message: { contextId: "c-1" } }],
])("a follow-up that %s joins the delegate's run, though the agent says nothing of it", async (_, method, params) => {
  await ask("SendMessage", { message: {} });
  await ask("SendMessage", { message: {} });
  await ask(method, params);
  expect(joined()).toEqual([undefined, undefined, FIRST]);
});

test("a follow-up by HTTP+JSON joins it too", async () => {
  await ask("SendMessage", { message: {} });
  await to.ask(`${BASE}/a2a/tasks/t-1`, { headers: { "a2a-version": "1.0" } });
  await to.ask(`${BASE}/a2a/tasks/t-1:cancel`, { method: "POST", headers: { "a2a-version": "1.0" } });
  await to.ask(`${BASE}/a2a/tasks/t-1/pushNotificationConfigs/p`, { headers: { "a2a-version": "1.0" } });
  expect(joined()).toEqual([undefined, FIRST, FIRST, FIRST]);
});

test("a reference that the agent says itself goes before", async () => {
  await ask("SendMessage", { message: {} });
  await ask("GetTask", { id: "t-1" }, { ...A2A, "ambit-join": "run-of-the-delegate-7.0123456789abcdef" });
  expect(joined()[1]).toBe("run-of-the-delegate-7.0123456789abcdef");
});

test.each<[string, () => Promise<unknown>]>([
  ["of a task that no answer told of", () => ask("GetTask", { id: "t-9" })],
  ["of a task of another delegate", () => ask("GetTask", { id: "t-1" }, A2A, BASE.replace("lookup", "other"))],
  ["that cannot be read", () => ask("GetTask", { id: "t-1", ID: "t-2" })],
  ["that does not say that it is of A2A", () => ask("GetTask", { id: "t-1" }, { "content-type": "application/json" })],
])("a request %s joins nothing, and is the delegate's to refuse", async (_, asked) => {
  await ask("SendMessage", { message: {} });
  await asked();
  expect(joined()).toEqual([undefined, undefined]);
});

test("another run of the same agent does not join it", async () => {
  await ask("SendMessage", { message: {} });
  const other = await to.running.begin();
  await ask("GetTask", { id: "t-1" }, A2A, `/v1/runs/${other}/delegates/researcher.lookup`);
  expect(joined()).toEqual([undefined, undefined]);
});

test("an answer has so few listeners that Node warns of no leak", async () => {
  let most = 0;
  const { on } = EventEmitter.prototype;
  const spied = jest.spyOn(EventEmitter.prototype, "on").mockImplementation(function (this: EventEmitter, ...all) {
    on.apply(this, all);
    if (this instanceof ServerResponse) most = Math.max(most, this.listenerCount("close"));
    return this;
  });
  await ask("SendMessage", { message: {} });
  spied.mockRestore();
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(EventEmitter.defaultMaxListeners);
});

test("a body that was read is sent on as it came", async () => {
  let got = "";
  to.gateway.does = (incoming, outgoing) => void bodyOf(incoming).then((body) => outgoing.end((got = body)));
  await ask("SendMessage", { message: { parts: [{ text: "grüße" }] } });
  expect(got).toBe(call("SendMessage", { message: { parts: [{ text: "grüße" }] } }));
});

test("fails with companion.too-large when a message is larger than is read, and nothing is sent", async () => {
  const answer = await ask("SendMessage", { message: { parts: [{ text: "x".repeat(1_048_576) }] } });
  expect([answer.status, codesOf(answer)]).toEqual([413, ["companion.too-large"]]);
  expect(to.gateway.arrived).toEqual([]);
});
