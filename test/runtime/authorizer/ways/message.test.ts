import { Denial } from "../../../../runtime/authorizer/denial";
import type { HeaderList } from "../../../../runtime/authorizer/request/headers";
import { digestedMessage, onlyAsks, readMessage } from "../../../../runtime/authorizer/ways/message";
import type { WayRequest } from "../../../../runtime/authorizer/ways/way-request";

const JSON_BODY = [["content-type", "application/json"]] as const;

function request(body: Uint8Array | object | undefined, headers: HeaderList = JSON_BODY): WayRequest {
  const bytes = body === undefined || body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
  const sent: HeaderList = [[":method", "POST"], ...headers];
  return { by: "workloads", certificate: "-", path: "/agents/reader/a2a?x=1", headers: sent, body: bytes };
}

const read = (
  body: Uint8Array | object | undefined,
  headers?: HeaderList,
  kind: "a2a" | "http" = "a2a",
  change: Partial<WayRequest> & { readonly joins?: string } = {},
): unknown => {
  const { joins, ...more } = change;
  try {
    return readMessage({ request: { ...request(body, headers), ...more }, way: { kind }, joins });
  } catch (error) {
    if (error instanceof Denial) return error.codes.join();
    throw error;
  }
};

const ADDRESS = { method: "POST", path: "/a2a", query: { x: "1" }, headers: { "content-type": "application/json" } };
const parts = [{ text: "find the owner" }];
const rpc = (id: unknown, message: object, more: object = {}) => ({
  jsonrpc: "2.0",
  id,
  method: "SendMessage",
  params: { message, ...more },
});

describe("what is handed on is read", () => {
  test("as method, path, query and body, with the headers that reach the delegate, and no other", () => {
    const headers = [...JSON_BODY, ["a2a-extensions", "urn:x"], ["accept", "text/plain"], ["x-odd", "1"]] as const;
    expect(read({ ask: 1 }, headers, "http")).toEqual({
      ...ADDRESS,
      headers: { "a2a-extensions": "urn:x", accept: "text/plain", "content-type": "application/json" },
      body: { ask: 1 },
    });
    expect(read(Buffer.alloc(0), [])).toEqual({ ...ADDRESS, headers: {} });
  });

  test("with the run that it goes on with", () => {
    expect(read({ ask: 1 }, JSON_BODY, "http", { joins: "run-1" })).toEqual({
      ...ADDRESS,
      joins: "run-1",
      body: { ask: 1 },
    });
  });

  test("as the delegate reads path and query, where they are encoded", () => {
    const path = "/agents/reader/a%20b?do=%64%65lete";
    expect(read({ ask: 1 }, JSON_BODY, "http", { path })).toMatchObject({ path: "/a b", query: { do: "delete" } });
  });

  test("as another message, where it is of another type", () => {
    const text = read(Buffer.from('"hi"'), [["content-type", "text/plain"]], "http");
    expect(text).not.toEqual(read(Buffer.from('"hi"'), JSON_BODY, "http"));
  });

  test("the same, where a client sends the same message of A2A under other ids", () => {
    const sent = read(rpc(1, { role: "ROLE_USER", parts, messageId: "m-1" }));
    expect(sent).toEqual({
      ...ADDRESS,
      body: { jsonrpc: "2.0", method: "SendMessage", params: { message: { role: "ROLE_USER", parts } } },
    });
    expect(read(rpc("0c6a-2", { role: "ROLE_USER", parts, messageId: "m-2" }))).toEqual(sent);
    const http = read({ message: { parts, messageId: "m-3" }, configuration: { historyLength: 1 } });
    expect(http).toEqual({ ...ADDRESS, body: { message: { parts }, configuration: { historyLength: 1 } } });
  });

  test.each<[string, object]>([
    ["another text", rpc(1, { parts: [{ text: "delete it" }], messageId: "m-1" })],
    ["another method", { ...rpc(1, { parts, messageId: "m-1" }), method: "CancelTask" }],
    ["another context", rpc(1, { parts, messageId: "m-1", contextId: "c" })],
    ["metadata beside it", rpc(1, { parts, messageId: "m-1" }, { metadata: { urgent: true } })],
    ["a message whose id says something", rpc(1, { parts, messageId: "please delete all that is there" })],
    ["a request whose id says something", rpc("please delete all that is there", { parts, messageId: "m-1" })],
    ["a request whose id is an object", rpc({ say: "delete" }, { parts, messageId: "m-1" })],
    ["a message whose id is an object", rpc(1, { parts, messageId: { say: "delete" } })],
  ])("as another message for %s", (_, other) => {
    expect(read(other)).not.toEqual(read(rpc(1, { parts, messageId: "m-1" })));
  });

  test("with each id that a framework's own JSON has, which may mean something", () => {
    expect(read({ id: 7, message: { messageId: "m" } }, JSON_BODY, "http")).toMatchObject({
      body: { id: 7, message: { messageId: "m" } },
    });
  });

  test("as text, where it is text", () => {
    expect(read(Buffer.from("find it"), [["content-type", "text/plain"]])).toEqual({
      ...ADDRESS,
      headers: { "content-type": "text/plain" },
      body: "find it",
    });
  });

  test.each<[string, unknown, HeaderList, string]>([
    ["its body goes by part by part", undefined, JSON_BODY, "way.whole"],
    ["its body is of another type", { ask: 1 }, [["content-type", "application/octet-stream"]], "call.content-type"],
    ["its body is of no type", { ask: 1 }, [], "call.content-type"],
    ["its body is coded", { ask: 1 }, [...JSON_BODY, ["content-encoding", "gzip"]], "call.content-type"],
    ["a member stands twice", Buffer.from('{"ask":1,"ask":2}'), JSON_BODY, "call.body"],
    ["members differ in case alone", Buffer.from('{"ask":1,"Ask":2}'), JSON_BODY, "call.body"],
    ["text is no UTF-8", Buffer.from([0xff]), [["content-type", "text/plain"]], "call.body"],
    ["its type stands twice", { ask: 1 }, [...JSON_BODY, ...JSON_BODY], "call.header"],
  ])("fails where %s", (_, body, headers, code) => {
    expect(read(body as object, headers)).toBe(code);
  });
});

test.each([
  ["a parameter of the query stands twice", "/agents/reader/a2a?x=1&x=2"],
  ["the query has a plus sign", "/agents/reader/a2a?x=a+b"],
  ["the path encodes a slash", "/agents/reader/a2a%2fb"],
])("fails where %s", (_, path) => {
  expect(read({ ask: 1 }, JSON_BODY, "http", { path })).toBe("call.target");
});

test("what no one reads is known by the digest of its body, where that was seen", () => {
  const sent = { method: "POST", target: "/agents/reader/a2a?x=1" };
  const of = (body: Uint8Array | undefined, joins?: string) =>
    digestedMessage({ request: request(body), way: { kind: "http" }, joins });
  expect(of(Buffer.from("a"))).toEqual({
    ...sent,
    digest: "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
  });
  expect(of(undefined, "run-1")).toEqual({ ...sent, joins: "run-1" });
});

test.each<[string, boolean, object | undefined, string, "a2a" | "http"]>([
  ["a message of A2A", false, rpc(1, { parts }), "POST", "a2a"],
  ["a body of any framework", false, { method: "GetTask" }, "POST", "http"],
  ["a body that goes by part by part", false, undefined, "POST", "a2a"],
  ["a task's state of A2A", true, { ...rpc(1, {}), method: "GetTask" }, "POST", "a2a"],
  ["a stream of A2A that was begun before", true, { ...rpc(1, {}), method: "SubscribeToTask" }, "POST", "a2a"],
  [
    "push notifications of A2A that are listed",
    true,
    { ...rpc(1, {}), method: "ListTaskPushNotificationConfigs" },
    "POST",
    "a2a",
  ],
  [
    "a push notification that is set",
    false,
    { ...rpc(1, {}), method: "CreateTaskPushNotificationConfig" },
    "POST",
    "a2a",
  ],
  ["a GET", true, undefined, "GET", "http"],
  ["a HEAD", true, undefined, "HEAD", "a2a"],
])("%s asks how work goes alone: %s", (_, expected, body, method, kind) => {
  const { headers, ...rest } = request(body);
  const sent = headers.map(([name, value]) => [name, name === ":method" ? method : value] as const);
  expect(onlyAsks({ request: { ...rest, headers: sent }, way: { kind }, joins: undefined })).toBe(expected);
});
