import type { Json } from "../../../../domain";
import { isAgentRole } from "../../agent-roles";
import { AGENT_TYPES, agentFactsOf } from "../../private/managed-agents";
import type { BlockRule } from "../../rule";
import { isObject } from "../../value";

/** The owner of a role is its tag `ambit:owner`. Agents of AgentCore, Bedrock and kagent, and sandboxes, are agents too; the end of trust is judged by another rule. */
export const agentOwner: BlockRule = {
  id: "AMBIT-IDENTITY-AGENT-OWNER",
  severity: "medium",
  what: "an agent must name its owner, and one of AgentCore, Bedrock or kagent what it is for",
  why: "no one can be asked when the agent misbehaves, or when it is no longer used, and no one sees that it does what it is not for",
  fix: "declare the agent with owner and purpose; or set the tag ambit:owner (of Kubernetes, an annotation) and the description",
  standards: ["owasp-nhi/NHI1", "owasp-asi/ASI10", "ai-rmf/GOVERN 2.1", "iso42001/A.4.2", "sp800-53/AC-2"],
  looksAt: ["aws_iam_role", ...AGENT_TYPES],
  *check(block, stack) {
    if (block.type === "aws_iam_role") {
      if (!isAgentRole(block)) return;
      const { tags } = block.body;
      const owner = isObject(tags) ? (tags["ambit:owner"] ?? null) : null;
      if (!isText(owner)) yield { what: "ambit:owner", at: "tags", evidence: owner };
      return;
    }
    const facts = agentFactsOf(block, stack);
    if (facts === undefined) return;
    if (!isText(facts.owner)) yield { what: "owner", at: facts.at, evidence: facts.owner };
    const { purpose } = facts;
    if (purpose !== undefined && !isText(purpose)) yield { what: "purpose", at: "description", evidence: purpose };
  },
};

function isText(value: Json): boolean {
  return typeof value === "string" && value.trim() !== "";
}
