import type { BlockRule } from "../../rule";
import { blocksOf, textOf } from "../../value";

/** `SANDBOX` of a code interpreter reaches S3 and DNS alone. In `VPC`, the security groups decide. */
export const networkMode: BlockRule = {
  id: "AMBIT-AGENTCORE-NETWORK",
  severity: "high",
  what: "an AgentCore runtime, browser or code interpreter must run in your network",
  why: "an agent that was talked into it sends data to any host of the internet, past each security group and endpoint",
  fix: "set network_mode to VPC with subnets and security groups, or to SANDBOX for a code interpreter",
  standards: ["sp800-53/SC-7", "maestro/L4", "sp800-207/2", "owasp-asi/ASI02", "owasp-asi/ASI05"],
  looksAt: [
    "aws_bedrockagentcore_agent_runtime",
    "aws_bedrockagentcore_browser",
    "aws_bedrockagentcore_code_interpreter",
  ],
  *check({ type, body }) {
    const at = "network_configuration.network_mode";
    const modes = blocksOf(body, "network_configuration").map((each) => textOf(each, "network_mode", at) ?? null);
    const closed = type === "aws_bedrockagentcore_code_interpreter" ? ["VPC", "SANDBOX"] : ["VPC"];
    for (const mode of modes.length === 0 ? [null] : modes)
      if (mode === null || !closed.includes(mode)) yield { what: "network_mode", at, evidence: mode };
  },
};
