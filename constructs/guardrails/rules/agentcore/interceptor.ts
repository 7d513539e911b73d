import type { Json } from "../../../../domain";
import type { BlockRule } from "../../rule";
import { blocksOf, flagOf, textsOf } from "../../value";

/** An interceptor at `REQUEST` runs before the policy engine; one at `RESPONSE` is accepted. */
export const interceptor: BlockRule = {
  id: "AMBIT-AGENTCORE-INTERCEPTOR",
  severity: "high",
  what: "no interceptor of an AgentCore gateway may run before its policies",
  why: "a function rewrites the call, and with its headers the caller's token, before it is judged",
  fix: "leave REQUEST out of interception_points, and decide in policies",
  standards: ["owasp-asi/ASI02", "owasp-mcp/MCP07", "maestro/L3", "owasp-mcp/MCP01", "sp800-53/AC-3"],
  looksAt: ["aws_bedrockagentcore_gateway"],
  *check({ body }) {
    for (const each of blocksOf(body, "interceptor_configuration")) {
      const points = textsOf(each, "interception_points", "interceptor_configuration.interception_points");
      if (!points.includes("REQUEST")) continue;
      const headers = blocksOf(each, "input_configuration").some(
        (input) => flagOf(input, "pass_request_headers") === true,
      );
      const evidence: Json = [(each["interceptor"] ?? null) as Json, headers];
      yield { what: "REQUEST", at: "interceptor_configuration.interception_points", evidence };
    }
  },
};
