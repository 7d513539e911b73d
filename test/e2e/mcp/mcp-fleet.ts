import { Agent, Budget, Fleet, Tool } from "../../../constructs";
import { MCP_CAPABILITIES } from "../../../domain/tool-props";
import { SCENARIO_TOOLS } from "./client-scenarios";
import { JUDGE_HOST, MCP_HOST, SHOP_HOST } from "./mcp-servers";

export const PINNED = "test_simple_text";

const unpinned = { reason: "the server of the tests is this repository's own" };
const shared = {
  clearance: "restricted",
  actsAs: { service: "robot" },
  privateAddress: { reason: "the servers of the tests run on this machine" },
} as const;

/**
 * Two ways to one server: `mcp` for all that it can do, `shop` for two of its tools and nothing besides; and `judge`, which the
 * conformance suite plays.
 *
 * @param pin of the tool {@link PINNED}
 * @param names of all the server's tools
 */
export function mcpFleet(port: number, pin: string, names: readonly string[]): Fleet {
  const tools = names.map((tool) => {
    const how = tool === PINNED ? { pin } : { unpinned };
    return [actionOf(tool), { tool, readOnly: true, ...how }] as const;
  });
  const mcp = Tool.mcp<string>("mcp", {
    ...shared,
    url: `https://${MCP_HOST}:${port}/mcp`,
    capabilities: MCP_CAPABILITIES,
    actions: Object.fromEntries(tools),
  });
  const shop = Tool.mcp("shop", {
    ...shared,
    url: `https://${SHOP_HOST}:${port}/mcp`,
    actions: {
      simple: { tool: PINNED, pin, readOnly: true },
      image: { tool: "test_image_content", unpinned, readOnly: true },
      headers: { tool: "test_headers", unpinned, readOnly: true },
    },
  });
  const judge = Tool.mcp<string>("judge", {
    ...shared,
    url: `https://${JUDGE_HOST}:${port}/mcp`,
    capabilities: MCP_CAPABILITIES,
    actions: Object.fromEntries(SCENARIO_TOOLS.map((tool) => [actionOf(tool), { tool, readOnly: true, unpinned }])),
  });
  const [first, ...others] = tools.map(([name]) => name);
  const [judged, ...alsoJudged] = SCENARIO_TOOLS.map(actionOf);

  class Clerk extends Agent.define("clerk", {
    owner: "office@acme.example",
    purpose: "Uses all that MCP servers can do",
    expires: "2027-06-30",
    workload: { namespace: "office" },
    tasks: {
      use: { startedBy: "user", tools: [mcp.allow(first as string, ...others)] },
      play: { startedBy: "user", tools: [judge.allow(judged as string, ...alsoJudged)] },
      buy: { startedBy: "user", tools: [shop.allow("simple", "headers")] },
      once: { startedBy: "user", tools: [shop.allow("simple")], budget: Budget.perRun(1) },
    },
  }) {}

  class Other extends Agent.define("other", {
    owner: "office@acme.example",
    purpose: "Uses one tool",
    expires: "2027-06-30",
    workload: { namespace: "office" },
    tasks: { buy: { startedBy: "user", tools: [shop.allow("simple")] } },
  }) {}

  return Fleet.of(Clerk, Other);
}

function actionOf(tool: string): string {
  return tool.replaceAll("_", "-");
}
