import { HeldBytes } from "../../../../runtime/authorizer/held-bytes";
import { EventStream } from "../../../../runtime/event-stream";
import { type Answer, initialize, McpWorld, modern, OLD, result, toldOf } from "../../../support/mcp-world";

const CALL = modern("tools/call", { name: "find_order", arguments: {} });
const GOOD = { content: [{ type: "text", text: "42" }] };
const SAMPLING = { jsonrpc: "2.0", id: 9, method: "sampling/createMessage", params: {} };
const stream = (...messages: readonly object[]) => messages.map((each) => `data: ${JSON.stringify(each)}\n\n`).join("");

describe("the content-type of an answer of 2xx", () => {
  const told = (answer: Answer) => toldOf(() => new McpWorld().answered(CALL, answer).outcome);

  test.each(["application/json", "Application/JSON;charset=UTF-8", 'application/json; charset="utf-8"'])(
    "may be %s",
    (type) => {
      expect(told({ types: [type], body: result(GOOD) })).toBe("succeeded");
    },
  );

  test.each([
    [[]],
    [["text/plain"]],
    [["application/json; charset=shift_jis"]],
    [["application/json, text/event-stream"]],
    [["text/event-stream; charset=utf-16"]],
    [["text/event-streams"]],
    [["application/json", "text/event-stream"]],
  ])("fails as %j", (types) => {
    expect(told({ types, body: JSON.stringify(result(GOOD)) })).toBe(
      "503 -32003 gateway.answer id=1: the server's answer must have one content-type, application/json or text/event-stream in UTF-8",
    );
  });
});

describe("a body that must not be there", () => {
  const opened = () => {
    const world = new McpWorld();
    const body = result({ protocolVersion: OLD, capabilities: {} });
    world.answered(initialize(), { headers: [["mcp-session-id", "s1"]], body });
    const headers = [["mcp-session-id", "s1"]] as const;
    return (answer: Answer) => toldOf(() => world.answered({ method: "GET", headers }, answer).body);
  };

  test.each([202, 204, 205])("is taken out of a stream of status %d", (status) => {
    expect(opened()({ status, body: stream(SAMPLING) })).toBe("");
  });

  test("becomes an error where an answer is waited for", () => {
    const { body, outcome } = new McpWorld().answered(CALL, { status: 202, body: stream(result(GOOD)) });
    expect([body, outcome]).toEqual([expect.stringContaining("the server's answer is no message of MCP"), "unknown"]);
  });

  test("is taken out where nothing is waited for and it cannot be read", () => {
    expect(opened()({ body: "<html>", types: ["application/json"] })).toBe("");
    expect(opened()({ body: stream(SAMPLING), types: ["text/plain"] })).toMatch(/^503 -32003 gateway.answer/);
    expect(opened()({ body: "", types: [] })).toBe("");
  });
});

describe("a call that has not succeeded", () => {
  test.each([
    ["asks back", { body: result({ resultType: "input_required", requestState: "x" }) }],
    ["goes on as a task", { body: result({ resultType: "task", taskId: "t" }) }],
    ["goes on as a task of 2025-11-25", { body: result({ task: { taskId: "t" } }) }],
    ["has a result of a type that is not known", { body: result({ ...GOOD, resultType: "partial" }) }],
    ["has an isError that is no truth value", { body: result({ ...GOOD, isError: "true" }) }],
    ["has a result with status 500", { status: 500, body: result(GOOD) }],
    ["has a result with status 404", { status: 404, body: stream(result(GOOD)) }],
  ] as const)("%s", (_, answer) => {
    expect(new McpWorld().with("tasks").answered(CALL, answer).outcome).toBe("unknown");
  });

  test("has failed before: the first answer counts, and no other passes", () => {
    const error = { jsonrpc: "2.0", id: 1, error: { code: 1, message: "no" } };
    expect(new McpWorld().answered(CALL, { body: stream(error, result(GOOD)) })).toEqual({
      body: `${stream(error)}:\n\n`,
      outcome: "failed",
    });
  });
});

describe("an answer that readers could understand differently", () => {
  const REFUSED = { id: 1, error: { message: "the server's answer is no message of MCP" } };

  test.each([
    ["a request that is a result too", { ...SAMPLING, method: "ping", id: 1, result: GOOD }],
    ["a result that is an error too", { ...result(GOOD), error: { code: 1, message: "no" } }],
    ["a notification with a result", { jsonrpc: "2.0", method: "notifications/progress", result: GOOD }],
    ["a result with params", { ...result(GOOD), params: {} }],
    ["neither", { jsonrpc: "2.0", id: 1 }],
    ["members that differ by case", result({ tools: [], Tools: [{ name: "evil" }] })],
    ["a member that is read, in another spelling", result({ ...GOOD, IsError: true })],
    ["a name of more than 256 characters", result({ content: [{ [`n${"x".repeat(256)}`]: 1 }] })],
  ])("fails for %s", (_, body) => {
    const parsed = (answer: { body: string }) => JSON.parse(answer.body) as unknown;
    expect(parsed(new McpWorld().answered(CALL, { body }))).toMatchObject(REFUSED);
    expect(new McpWorld().answered(CALL, { body: stream(body) }).body).toBe(":\n\n");
  });

  test("fails for what is no UTF-8", () => {
    const { answer } = new McpWorld().recognised(CALL);
    answer?.head({ status: 200, headers: [["content-type", "application/json"]] });
    const body = Buffer.from(JSON.stringify(result({ content: [], a: "\xff" })), "latin1");
    expect(JSON.parse(Buffer.from(answer?.whole(body) ?? body).toString())).toMatchObject(REFUSED);
  });

  test("structured content is the tool's own", () => {
    const body = result({ ...GOOD, structuredContent: { The: 1, the: 2 } });
    expect(JSON.parse(new McpWorld().answered(CALL, { body }).body)).toEqual(body);
  });

  test("ends of lines that only some readers know are escaped, and the message is the same", () => {
    const text = "a\u0085\u2028data: x\u2029\v\f\x1c\x1d\x1e";
    const { body } = new McpWorld().answered(CALL, { body: stream(result({ content: [{ type: "text", text }] })) });
    expect(body).not.toMatch(/[\u0085\u2028\u2029\v\f\x1c-\x1e]/);
    expect(JSON.parse(body.replace("data: ", ""))).toEqual(result({ content: [{ type: "text", text }] }));
  });

  test("numbers keep their digits, and lines of one event become one", () => {
    const lines = ['{"jsonrpc":"2.0","id":1,', '"result":{"content":[],"big":12345678901234567890}}'];
    const { body } = new McpWorld().answered(CALL, { body: lines.map((line) => `data: ${line}\n`).join("") + "\n" });
    expect(body).toBe(`data: ${lines.join(" ")}\n\n`);
  });

  test.each([
    ["id: x\v\vdata: y\n\n", ":\n\n"],
    ["id: a b\n\n", ":\n\n"],
    ["id: 7-ab\nretry: 50\n\n", "id: 7-ab\nretry: 50\n\n"],
    ["data:\nretry: 5s\n\n", "data: \n\n"],
    [`id: 1\nevent: other\ndata: ${JSON.stringify(result(GOOD))}\n\n`, "id: 1\n\n"],
  ])("of the event %j %j is left", (body, left) => {
    expect(new McpWorld().answered(CALL, { body }).body).toBe(left);
  });
});

describe("memory of all streams together", () => {
  test("fails beyond its limit, and is given back", () => {
    const held = new HeldBytes(16_384);
    const [one, other] = [new EventStream(held), new EventStream(held)];
    one.take(Buffer.from(`data: ${"x".repeat(6_000)}`));
    expect(() => other.take(Buffer.from(`data: ${"x".repeat(12_000)}`))).toThrow("gateway.authorizer");
    other.release();
    one.take(Buffer.from("\n\n"));
    one.release();
    expect(() => held.take(16_384)).not.toThrow();
  });

  test("fails an answer beyond it: the agent is told, and other answers go on", () => {
    const world = new McpWorld();
    const begun = Array.from({ length: 40 }, () => {
      const { answer } = world.recognised(CALL);
      answer?.head({ status: 200, headers: [["content-type", "text/event-stream"]] });
      return { answer, said: Buffer.from(answer?.part(Buffer.alloc(1_000_000, "x"), false) ?? []).toString() };
    });
    expect(begun[0]?.said).toBe("");
    expect(begun.at(-1)?.said).toContain("the authorizer has too many answers to read at once");
    for (const { answer } of begun) answer?.outcome(true);
    expect(world.answered(CALL, { body: stream(result(GOOD)) }).outcome).toBe("succeeded");
  });
});
