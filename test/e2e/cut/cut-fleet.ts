import { Agent, Fleet, Tool } from "../../../constructs";
import { MCP_CAPABILITIES } from "../../../domain/tool-props";
import { HOSTS } from "../gateway/gateway-fleet";

const shared = {
  clearance: "restricted",
  actsAs: { service: "robot" },
  privateAddress: { reason: "the tools of the tests run on this machine" },
} as const;

/** Two agents with a tool of each kind, at one port */
export function cutFleet(port: number): Fleet {
  const crm = Tool.http("crm", {
    ...shared,
    url: `https://${HOSTS.crm}:${port}`,
    actions: { read: { method: "GET", path: "/records/{id}" } },
  });
  const llm = Tool.model("llm", {
    ...shared,
    url: `https://${HOSTS.llm}:${port}`,
    api: ["openai.responses"],
    actions: { ask: { model: "m-1", maxOutputTokens: 50_000 } },
  });
  const desk = Tool.mcp("desk", {
    ...shared,
    url: `https://${HOSTS.board}:${port}/mcp`,
    capabilities: MCP_CAPABILITIES,
    actions: { work: { tool: "work", readOnly: true, unpinned: { reason: "the server is the tests' own" } } },
  });
  const shape = {
    owner: "office@acme.example",
    purpose: "Keeps calls open",
    expires: "2027-06-30",
    workload: { namespace: "office" },
    tasks: { use: { startedBy: "user", tools: [crm.allow("read"), llm.allow("ask"), desk.allow("work")] } },
  } as const;
  class Clerk extends Agent.define("clerk", shape) {}
  class Other extends Agent.define("other", shape) {}
  return Fleet.of(Clerk, Other);
}
