import type { BlockRule } from "../../rule";
import { blocksOf } from "../../value";

/** Providers before 6.50 cannot express it: acknowledge it there, or use Ambit's tool gateway. */
export const gatewayPolicy: BlockRule = {
  id: "AMBIT-AGENTCORE-GATEWAY-POLICY",
  severity: "high",
  what: "an AgentCore gateway must have a policy engine",
  why: "each caller that it lets in calls every tool, with any arguments",
  fix: "set policy_engine_configuration with mode ENFORCE",
  standards: ["owasp-asi/ASI02", "owasp-mcp/MCP07", "maestro/L3", "owasp-mcp/MCP02", "sp800-53/AC-3", "sp800-53/AC-6"],
  looksAt: ["aws_bedrockagentcore_gateway"],
  *check({ body }) {
    if (blocksOf(body, "policy_engine_configuration").length > 0) return;
    yield { what: "policy_engine_configuration", at: "policy_engine_configuration", evidence: body["name"] ?? null };
  },
};
