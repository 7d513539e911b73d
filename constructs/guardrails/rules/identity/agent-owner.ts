import { isAgentRole } from "../../agent-roles";
import type { BlockRule } from "../../rule";
import { isObject } from "../../value";

/** The owner is the tag `ambit:owner` of the role; the end is judged by another rule. */
export const agentOwner: BlockRule = {
  id: "AMBIT-IDENTITY-AGENT-OWNER",
  severity: "medium",
  what: "an agent's role must name its owner",
  why: "no one can be asked when the agent misbehaves, or when its role is no longer used",
  fix: "declare the agent with owner; or set the tag ambit:owner",
  standards: ["owasp-nhi/NHI1", "owasp-asi/ASI10", "ai-rmf/GOVERN 2.1", "iso42001/A.4.2", "sp800-53/AC-2"],
  looksAt: ["aws_iam_role"],
  *check(block) {
    if (!isAgentRole(block)) return;
    const { tags } = block.body;
    const owner = isObject(tags) ? (tags["ambit:owner"] ?? null) : null;
    if (typeof owner !== "string" || owner.trim() === "") yield { what: "ambit:owner", at: "tags", evidence: owner };
  },
};
