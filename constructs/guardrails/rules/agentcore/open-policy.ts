import { bareCedar, openPermits } from "../../private/cedar";
import type { BlockRule } from "../../rule";
import { blocksOf, isReference, textOf } from "../../value";

/** A resource may be known at apply only, as the gateway's ARN is. */
export const openPolicy: BlockRule = {
  id: "AMBIT-AGENTCORE-OPEN-POLICY",
  severity: "critical",
  what: "a policy of an AgentCore gateway must name the callers or the tools that it permits",
  why: "the policy permits each caller each tool, so only calls that another policy forbids are refused",
  fix: "name a principal or actions, or add a condition in when",
  standards: [
    "owasp-asi/ASI02",
    "owasp-mcp/MCP02",
    "owasp-mcp/MCP07",
    "owasp-nhi/NHI5",
    "sp800-53/AC-3",
    "sp800-53/AC-6",
  ],
  looksAt: ["aws_bedrockagentcore_policy"],
  *check({ body }) {
    const at = "definition.cedar.statement";
    for (const cedar of blocksOf(body, "definition", at).flatMap((each) => blocksOf(each, "cedar", at))) {
      const written = cedar["statement"];
      const isWhole = typeof written === "string" && !isReference(bareCedar(written));
      const statement = isWhole ? written : (textOf(cedar, "statement", at) ?? "");
      for (const permit of openPermits(statement)) yield { what: "statement", at, evidence: permit };
    }
  },
};
