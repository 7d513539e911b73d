import { Denial } from "../../../../runtime/authorizer/denial";
import { HttpActions, type HttpRequest } from "../../../../runtime/authorizer/request/http-actions";
import { targetOf } from "../../../../runtime/authorizer/request/target";
import type { Value } from "../../../../runtime/json";
import type { FleetAction } from "../../../../runtime/registry/registry";

const text = { type: "string", maxLength: 10 };
const object = (properties: object, required: readonly string[] = Object.keys(properties)) => ({
  type: "object",
  additionalProperties: false,
  properties,
  required: [...required],
});
const http = (method: string, path: string, more: object = {}): FleetAction => ({ match: { method, path, ...more } });

const ACTIONS = {
  read: http("GET", "/tickets/{id}"),
  latest: http("GET", "/tickets/latest"),
  find: http("GET", "/tickets", { query: object({ q: text, page: text }, ["q"]) }),
  note: http("PUT", "/tickets/{id}", { body: object({ public: { const: false }, text }) }),
  publish: http("PUT", "/tickets/{id}", { body: object({ public: { const: true }, text }) }),
  tag: http("POST", "/tickets/{id}/tags", { body: { type: "array", items: text } }),
  root: http("GET", "/"),
  other: { match: { tool: "x" } },
};

const actions = new HttpActions(ACTIONS);
const asked = (method: string, target: string, body?: Value): HttpRequest => ({
  method,
  target: targetOf(target),
  body,
});
const told = (
  request: HttpRequest,
  of: HttpActions = actions,
  isGranted: (action: string) => boolean = () => true,
): string => {
  try {
    const { action, arguments: args } = of.recognise(request, isGranted);
    return `${action} ${JSON.stringify(args)}`;
  } catch (error) {
    if (error instanceof Denial) return `${error.codes.join()}: ${error.reasons[0]?.what}`;
    throw error;
  }
};

test.each([
  ["GET", "/tickets/7", undefined, 'read {"id":"7"}'],
  ["GET", "/tickets/a%20b%3F", undefined, 'read {"id":"a b?"}'],
  ["GET", "/tickets/latest", undefined, "latest {}"],
  ["GET", "/tickets?q=x", undefined, 'find {"q":"x"}'],
  ["GET", "/", undefined, "root {}"],
  ["PUT", "/tickets/7", { text: "a", public: false }, 'note {"id":"7","text":"a","public":false}'],
  ["PUT", "/tickets/7", { text: "a", public: true }, 'publish {"id":"7","text":"a","public":true}'],
  ["POST", "/tickets/7/tags", ["a"], 'tag {"id":"7","body":["a"]}'],
])("%s %s is recognised", (method, target, body, expected) => {
  expect(told(asked(method, target, body))).toBe(expected);
});

test.each([
  ["a path of none", "GET", "/users/7", undefined, "call.unrecognised: no action of the tool has this method and path"],
  ["an encoded literal", "GET", "/%74ickets/7", undefined, "call.target: the path is another action's"],
  ["another case", "GET", "/Tickets/7", undefined, "call.target: the path is another action's"],
  ["a parameter that is another action's text, encoded", "GET", "/tickets/%6catest", undefined, "call.target"],
  ["a parameter that is another action's text in another case", "GET", "/tickets/LATEST", undefined, "call.target"],
  ["the same, by Unicode", "GET", "/tickets/late%C5%BFt", undefined, "call.target"],
  [
    "a slash at the end",
    "GET",
    "/tickets/",
    undefined,
    "call.unrecognised: no action of the tool has this method and path",
  ],
  [
    "one segment more",
    "GET",
    "/tickets/7/8",
    undefined,
    "call.unrecognised: no action of the tool has this method and path",
  ],
  ["another method", "DELETE", "/tickets/7", undefined, "but GET and PUT"],
  ["a method in lower case", "get", "/tickets/7", undefined, "but GET and PUT"],
  ["a query that is not declared", "GET", "/tickets/7?x=1", undefined, "call.arguments: the action takes no query"],
  [
    "a query that lacks one",
    "GET",
    "/tickets?page=1",
    undefined,
    "call.arguments: the query must have required property 'q'",
  ],
  ["no query where one is needed", "GET", "/tickets", undefined, "call.arguments: the query must have required"],
  ["a query with one more", "GET", "/tickets?q=1&x=1", undefined, 'additional properties: "x"'],
  ["a query in another case", "GET", "/tickets?Q=1", undefined, 'the query has the member "Q", and the schema has "q"'],
  ["a body that is not declared", "GET", "/tickets/7", {}, "call.arguments: the action takes no body"],
  ["no body where one is needed", "POST", "/tickets/7/tags", undefined, "call.arguments: the action takes a body"],
  ["a body of neither schema", "PUT", "/tickets/7", { text: "a" }, "call.arguments: the body must have required"],
  ["a body with one more", "PUT", "/tickets/7", { text: "a", public: true, admin: 1 }, "call.arguments"],
  ["a parameter sent in two places", "PUT", "/tickets/7", { text: "a", public: false, id: "8" }, "call.arguments"],
  ["a line break in a parameter", "GET", "/tickets/a%0d%0ab", undefined, "call.target"],
])("fails for %s", (_, method, target, body, why) => {
  expect(told(asked(method, target, body))).toContain(why);
});

test("fails where the body satisfies two schemas of one path", () => {
  const two = new HttpActions({
    note: http("PUT", "/t/{id}", { body: object({ text }) }),
    shout: http("PUT", "/t/{id}", { body: { type: "object" } }),
  });
  expect(told(asked("PUT", "/t/1", { text: "a" }), two)).toContain("call.ambiguous");
  expect(told(asked("PUT", "/t/1", { other: "a" }), two)).toBe('shout {"id":"1","other":"a"}');
});

test("fails where a member of the body has the name of a path parameter", () => {
  const open = new HttpActions({ note: http("PUT", "/t/{id}", { body: { type: "object" } }) });
  expect(told(asked("PUT", "/t/1", { id: "2" }), open)).toBe('call.arguments: "id" is sent in two places');
});

describe("an argument that could stand in two places", () => {
  const open = { type: "object", properties: { amount: { type: "number" } } };
  const two = new HttpActions({
    pay: http("POST", "/pay", { query: { type: "object", properties: { mode: text } }, body: open }),
    any: http("POST", "/any", { body: { anyOf: [{ type: "array" }, { type: "object" }] } }),
    each: http("POST", "/each", {
      query: object({ q: text }, []),
      body: { type: "object", allOf: [{ properties: { a: text } }, { if: {}, then: { properties: { b: text } } }] },
    }),
  });

  test.each([
    ["of the query, in the body", "/pay", { amount: 5, mode: "draft" }, '"mode" is in none of the schemas'],
    ["of the body, in the query", "/pay?amount=5", { amount: 5 }, '"amount" is in none of the schemas'],
    ["of neither", "/pay?mode=draft", { amount: 5, x: 1 }, '"x" is in none of the schemas'],
    ["that could be a whole body", "/any", { body: [1, 2] }, 'a member "body" could be a whole body that is no object'],
  ])("fails where it is one %s", (_, target, body, why) => {
    expect(told(asked("POST", target, body), two)).toContain(`call.arguments: ${why}`);
  });

  test.each([
    ["/pay?mode=draft", { amount: 5 }, 'pay {"mode":"draft","amount":5}'],
    ["/any", [1, 2], 'any {"body":[1,2]}'],
    ["/each?q=x", { a: "1", b: "2" }, 'each {"q":"x","a":"1","b":"2"}'],
  ])("passes in its own place: %s", (target, body, expected) => {
    expect(told(asked("POST", target, body), two)).toBe(expected);
  });
});

test("a name that every object has is no parameter", () => {
  expect(told(asked("GET", "/tickets?constructor=1"))).toContain("call.arguments");
  const open = new HttpActions({ get: http("GET", "/t", { query: { type: "object", required: ["toString"] } }) });
  expect(told(asked("GET", "/t?q=1"), open)).toContain("required property 'toString'");
});

test("fails to begin where a schema is none", () => {
  expect(() => new HttpActions({ note: http("PUT", "/t", { body: { type: "text" } }) })).toThrow("schema is invalid");
  expect(() => new HttpActions({ note: http("PUT", "/t", { body: { $async: true } }) })).toThrow("no $async");
  expect(() => new HttpActions({ note: http("PUT", "/t", { body: { pattern: "a" } }) })).toThrow("needs maxLength");
  expect(() => new HttpActions({ note: http("PUT", "/t", { body: { $ref: "https://evil.example/s" } }) })).toThrow(
    "can't resolve reference",
  );
});

test("a refusal names no action that is not granted", () => {
  const isGranted = (action: string): boolean => action === "read";
  const say = (method: string, target: string, body?: Value): string =>
    told(asked(method, target, body), actions, isGranted);
  expect(say("PUT", "/tickets/7", {})).toMatch(/^token\.out-of-scope: /);
  expect(say("GET", "/tickets/latest")).toMatch(/^token\.out-of-scope: /);
  expect(say("DELETE", "/tickets/7")).toBe(
    "call.unrecognised: no action of the tool has DELETE for this path, but GET",
  );
  expect(say("DELETE", "/")).toBe("call.unrecognised: no action of the tool has this method and path");
  expect(say("GET", "/tickets/7")).toBe('read {"id":"7"}');
});
