import { headerOf } from "../../../support/companion/fake-gateway";
import { type Answer, codesOf } from "../../../support/companion/running";
import { Serving } from "../../../support/companion/serving";

const JSON_TYPE = { "content-type": "application/json" };
const TASK = { id: "t-1", contextId: "c-1", status: { state: "TASK_STATE_WORKING" } };

let serving: Serving;
beforeEach(async () => {
  serving = new Serving();
  await serving.start({}, {}, "/a2a");
  serving.running.exchange.sids.set("a.a.a", "session-a").set("b.b.b", "session-b");
});
afterEach(() => serving.close());

const call = (method: string, params: object) => JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });

function ask(method: string, params: object, join?: string, more: Record<string, string> = {}): Promise<Answer> {
  const headers = { ...serving.said("a.a.a", { "x-ambit-way": "a2a", "x-ambit-join": join }), ...JSON_TYPE, ...more };
  return serving.ask("/a2a", { method: "POST", headers }, call(method, params));
}

/** The agent answers with a task. */
function answersWith(result: object, type = "application/json"): void {
  serving.does = (incoming, outgoing) => {
    incoming.resume();
    const text = JSON.stringify({ jsonrpc: "2.0", id: 1, result });
    outgoing.setHeader("content-type", type);
    outgoing.end(type === "application/json" ? text : `data: ${text}\n\n`);
  };
}

function expectRefused(answer: Answer, status: number, code: string, arrived: number): void {
  expect([answer.status, codesOf(answer)]).toEqual([status, [code]]);
  expect(serving.got).toHaveLength(arrived);
}

test("a message is what the agent gets, byte for byte, and is not answered in a coding", async () => {
  const sent: string[] = [];
  serving.does = (incoming, outgoing) => {
    incoming.setEncoding("utf8").on("data", (part: string) => sent.push(part));
    incoming.on("end", () => outgoing.end("done"));
  };
  await ask("SendMessage", { message: { parts: [{ text: "grüße" }] } }, undefined, { "accept-encoding": "gzip" });
  expect(sent.join("")).toBe(call("SendMessage", { message: { parts: [{ text: "grüße" }] } }));
  expect(headerOf(serving.got[0] as never, "accept-encoding")).toEqual([]);
});

test.each(["application/json", "text/event-stream"])(
  "a task goes on in the run whose answer told of it, by %s",
  async (type) => {
    answersWith({ task: TASK }, type);
    expect((await ask("SendMessage", { message: {} })).status).toBe(200);
    for (const method of ["GetTask", "CancelTask", "SubscribeToTask"]) {
      expect((await ask(method, { id: "t-1" }, "run-1")).status).toBe(200);
    }
    expect((await ask("SendMessage", { message: { contextId: "c-1" } }, "run-1")).status).toBe(200);
    expect(serving.got).toHaveLength(5);
  },
);

describe("fails with companion.other-task, and the agent sees nothing", () => {
  beforeEach(async () => {
    answersWith({ task: TASK });
    await ask("SendMessage", { message: {} });
  });

  test.each<[string, string, object]>([
    ["a task", "GetTask", { id: "t-1" }],
    ["a task that is to be cancelled", "CancelTask", { id: "t-1" }],
    ["a stream", "SubscribeToTask", { id: "t-1" }],
    ["a context", "SendMessage", { message: { contextId: "c-1" } }],
    ["a referenced task", "SendMessage", { message: { referenceTaskIds: ["t-1"] } }],
    ["a list of tasks", "ListTasks", { contextId: "c-1" }],
  ])("when another run asks for %s, of the same caller too", async (_, method, params) => {
    expectRefused(await ask(method, params), 404, "companion.other-task", 1);
    const headers = { ...serving.said("b.b.b", { "x-ambit-way": "a2a" }), ...JSON_TYPE };
    const other = await serving.ask("/a2a", { method: "POST", headers }, call(method, params));
    expectRefused(other, 404, "companion.other-task", 1);
  });

  test("when a task is known of no run", async () => {
    expectRefused(await ask("GetTask", { id: "t-2" }, "run-1"), 404, "companion.other-task", 1);
  });

  test("when tasks of all callers are listed", async () => {
    expectRefused(await ask("ListTasks", {}, "run-1"), 404, "companion.other-task", 1);
  });
});

test("fails with companion.push when a message asks for push notifications, and the agent sees nothing", async () => {
  const configuration = { taskPushNotificationConfig: { url: "https://evil.example" } };
  expectRefused(await ask("SendMessage", { message: {}, configuration }), 403, "companion.push", 0);
});

test("fails with companion.malformed when it is none of A2A 1.0, and the agent sees nothing", async () => {
  expectRefused(await ask("message/send", { message: {} }), 400, "companion.malformed", 0);
});

test("fails with companion.too-large when a message is larger than is read, and others go on", async () => {
  const text = "x".repeat(1_048_576);
  expectRefused(await ask("SendMessage", { message: { parts: [{ text }] } }), 413, "companion.too-large", 0);
  expect((await ask("SendMessage", { message: {} })).status).toBe(200);
});

test("HTTP of another way in is passed on unread", async () => {
  const headers = { ...serving.said("a.a.a"), ...JSON_TYPE };
  expect((await serving.ask("/chat", { method: "POST", headers }, "no JSON")).status).toBe(200);
});
