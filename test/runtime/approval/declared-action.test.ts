import { declaredAction } from "../../../runtime/approval/declared-action";
import { exampleFleet } from "../../support/exchange/example-fleet";

const idOf = (name: string): string => exampleFleet.agentNamed(name)?.spiffeId ?? "";
const asked = (agent: string, task: string, tool: string, action: string) =>
  declaredAction(exampleFleet, { agent: idOf(agent), task, tool, action });

test("for a tool, the action's declaration", () => {
  expect(asked("support-triage", "refund", "payments", "refund")).toEqual({
    kind: "mcp",
    url: "https://mcp.pay.acme.example",
    impact: "high",
    outward: expect.any(Boolean),
    touches: ["orders:write"],
    actsAs: expect.any(String),
  });
});

test("for a delegation, the most that the delegate and its delegates may do", () => {
  const declared = asked("support-triage", "answer", "agent:researcher", "lookup");
  expect(declared).toMatchObject({ kind: "agent", url: idOf("researcher"), actsAs: "researcher", impact: "low" });
  const own = exampleFleet.policy.agents[idOf("researcher")]?.tasks["lookup"];
  expect(declared?.touches).toEqual(expect.arrayContaining(Object.keys(own?.data ?? {}).sort()));
  // The web reader, one hop further on, is reached as the edge has one more.
  const search = exampleFleet.policy.tools["search"]?.actions["query"];
  expect(declared?.outward).toBe(search?.outward || Object.keys(own?.actions ?? {}).some((call) => isOutward(call)));
});

function isOutward(call: string): boolean {
  const dot = call.lastIndexOf(".");
  return exampleFleet.policy.tools[call.slice(0, dot)]?.actions[call.slice(dot + 1)]?.outward === true;
}

test.each([
  ["a tool that is not declared", "support-triage", "answer", "none", "read"],
  ["an action that is not declared", "support-triage", "answer", "zendesk", "none"],
  ["an agent to which no edge leads", "support-triage", "answer", "agent:web-reader", "fetch"],
  ["a task to which no edge leads", "support-triage", "answer", "agent:researcher", "none"],
  ["a task of the asker that hands nothing on", "support-triage", "refund", "agent:researcher", "lookup"],
  ["an asker that is not declared", "none", "answer", "agent:researcher", "lookup"],
  ["a delegate that is not declared", "support-triage", "answer", "agent:none", "lookup"],
])("nothing is declared of %s", (_, agent, task, tool, action) => {
  expect(asked(agent, task, tool, action)).toBeNull();
});
