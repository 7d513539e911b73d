import type { BlockRule } from "../../rule";
import { textOf } from "../../value";

/** Left out, a caller gets a general message. */
export const errorDetail: BlockRule = {
  id: "AMBIT-AGENTCORE-ERROR-DETAIL",
  severity: "medium",
  what: "an AgentCore gateway must not tell its callers the details of errors",
  why: "messages of targets, functions and policies reach the model, and tell an attacker how the tools are built",
  fix: "leave exception_level out, and read the details in the gateway's logs",
  standards: ["owasp-mcp/MCP10", "maestro/L3"],
  looksAt: ["aws_bedrockagentcore_gateway"],
  *check({ body }) {
    const level = textOf(body, "exception_level") ?? "";
    if (level.toUpperCase() === "DEBUG") yield { what: "exception_level", at: "exception_level", evidence: level };
  },
};
