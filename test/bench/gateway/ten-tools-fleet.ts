import { Agent, Fleet, Tool } from "../../../constructs";
import { pinOf } from "../../../runtime/authorizer/mcp/definition";
import { ALLOWED, MCP_HOST, MCP_PATH, TOOLS } from "./ten-tools";

/** An agent that may call one of the ten tools; each is pinned. */
export function tenToolsFleet(port: number): Fleet {
  const ten = Tool.mcp<string>("ten", {
    url: `https://${MCP_HOST}:${port}${MCP_PATH}`,
    clearance: "restricted",
    actsAs: { service: "robot" },
    privateAddress: { reason: "the server of the bench runs on this machine" },
    actions: Object.fromEntries(
      TOOLS.map((tool) => [actionOf(tool.name), { tool: tool.name, pin: pinOf(tool) ?? "", readOnly: true }]),
    ),
  });

  class Clerk extends Agent.define("clerk", {
    owner: "office@acme.example",
    purpose: "Asks what the weather is like",
    expires: "2027-06-30",
    workload: { namespace: "office" },
    tasks: { work: { startedBy: "user", tools: [ten.allow(actionOf(ALLOWED))] } },
  }) {}

  return Fleet.of(Clerk);
}

function actionOf(tool: string): string {
  return tool.replaceAll("_", "-");
}
