import "../../support/depth";
import fc from "fast-check";
import { DeclaredValues, knownReason } from "../../../runtime/telemetry/declared-values";
import { anyOf } from "../../support/telemetry/any-name";
import { exampleFleet } from "../../support/exchange/example-fleet";

const declared = new DeclaredValues(exampleFleet);
const OTHER = "_OTHER";

test("what is declared stays as it is", () => {
  const triage = "spiffe://prod.acme.example/ns/support/sa/support-triage";
  expect([declared.agent("support-triage"), declared.agent(triage)]).toEqual(["support-triage", "support-triage"]);
  expect([declared.task("support-triage", "refund"), declared.task(triage, "answer")]).toEqual(["refund", "answer"]);
  expect([declared.tool("payments"), declared.tool("agent:web-reader")]).toEqual(["payments", "agent:web-reader"]);
  expect([declared.action("payments", "refund"), declared.action("agent:web-reader", "fetch")]).toEqual([
    "refund",
    "fetch",
  ]);
  expect([
    knownReason("agent.revoked"),
    knownReason("call.unrecognised"),
    knownReason("client.unauthenticated"),
  ]).toEqual(["agent.revoked", "call.unrecognised", "client.unauthenticated"]);
});

test.each<readonly [what: string, value: string]>([
  ["an agent that is not declared", declared.agent("intruder")],
  ["an agent by an ID of another trust domain", declared.agent("spiffe://other.example/ns/support/sa/support-triage")],
  ["an agent by the name of a property", declared.agent("__proto__")],
  ["a task of another agent", declared.task("support-triage", "fetch")],
  ["a task of an undeclared agent", declared.task(undefined, "fetch")],
  ["a tool by the name of a property", declared.tool("constructor")],
  ["a delegate that is not declared", declared.tool("agent:intruder")],
  ["an action of another tool", declared.action("search", "refund")],
  ["an action by the name of a property", declared.action("search", "toString")],
  ["a reason by the name of a property", knownReason("hasOwnProperty")],
  ["a reason that is a list", knownReason(["agent.revoked"])],
])("fails to show %s", (_, value) => {
  expect(value).toBe(OTHER);
});

test("fails to show anything where there is no registry", () => {
  const none = DeclaredValues.of({
    current: () => {
      throw new Error("there is none");
    },
  });
  expect([none.agent("support-triage"), none.tool("search"), none.action("search", "query")]).toEqual([
    OTHER,
    OTHER,
    OTHER,
  ]);
});

test("for any names by callers, there are no more values than are declared", () => {
  const agents = new Set(["build-watcher", "web-reader", "support-triage", OTHER]);
  fc.assert(
    fc.property(anyOf(["build-watcher", "web-reader", "support-triage"]), (name) => {
      expect(agents.has(declared.agent(name))).toBe(true);
      expect([OTHER, name]).toContain(declared.tool(name));
      expect(declared.tool(name) === OTHER || exampleFleet.toolOf(String(name)) !== undefined).toBe(true);
    }),
  );
});
