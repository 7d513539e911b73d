import { callName } from "../../../../runtime/authorizer/telemetry/call-name";
import { DeclaredValues } from "../../../../runtime/telemetry/declared-values";
import { exampleFleet } from "../../../support/exchange/example-fleet";

const declared = new DeclaredValues(exampleFleet);

test.each([
  [
    "a call of an MCP tool",
    "payments",
    "refund",
    "tools/call refund",
    ["tools/call", "execute_tool", "refund", undefined],
  ],
  [
    "a message that calls none",
    "payments",
    "mcp:tools/list",
    "tools/list",
    ["tools/list", undefined, undefined, undefined],
  ],
  [
    "an MCP tool that is not declared",
    "payments",
    "wipe",
    "tools/call _OTHER",
    ["tools/call", "execute_tool", "_OTHER", undefined],
  ],
  ["a method that is not served", "payments", "mcp:wipe/all", "_OTHER", ["_OTHER", undefined, undefined, undefined]],
  [
    "a call of an HTTP tool",
    "search",
    "query",
    "execute_tool search.query",
    [undefined, "execute_tool", "search.query", undefined],
  ],
  [
    "a call that is none of its actions",
    "search",
    undefined,
    "execute_tool search._OTHER",
    [undefined, "execute_tool", "search._OTHER", undefined],
  ],
  [
    "a tool that is not declared",
    "wiper",
    "wipe",
    "execute_tool _OTHER",
    [undefined, "execute_tool", "_OTHER", undefined],
  ],
  [
    "a message of MCP to a tool that is none",
    "search",
    "mcp:tools/list",
    "execute_tool search._OTHER",
    [undefined, "execute_tool", "search._OTHER", undefined],
  ],
  ["a model", "claude", "ask", "chat ask", [undefined, "chat", undefined, undefined]],
  [
    "work that is handed on",
    "agent:web-reader",
    "fetch",
    "invoke_agent web-reader",
    [undefined, "invoke_agent", undefined, "web-reader"],
  ],
  [
    "work for an agent that is not declared",
    "agent:wiper",
    "wipe",
    "invoke_agent _OTHER",
    [undefined, "invoke_agent", undefined, "_OTHER"],
  ],
] as const)("%s is named as the conventions have it", (_, tool, action, name, [method, operation, called, agent]) => {
  const found = callName(tool, action, declared);
  expect(found.name).toBe(name);
  expect([
    found.facts["mcp.method.name"],
    found.facts["gen_ai.operation.name"],
    found.facts["gen_ai.tool.name"],
    found.facts["gen_ai.agent.name"],
  ]).toEqual([method, operation, called, agent]);
});
