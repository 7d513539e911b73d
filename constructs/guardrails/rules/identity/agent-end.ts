import { isAgentRole } from "../../agent-roles";
import { testsOf } from "../../conditions";
import { grantsOf } from "../../grants";
import { isOfManagedAgent } from "../../private/managed-agents";
import type { BlockRule } from "../../rule";

/** Each Allow of the trust policy, as one without an end keeps the role open. Runtimes of AgentCore and agents of Bedrock have a role too. */
export const agentEnd: BlockRule = {
  id: "AMBIT-IDENTITY-AGENT-END",
  severity: "high",
  what: "trust in an agent's role must end on a day",
  why: "an agent that everyone has forgotten still becomes its role",
  fix: "declare the agent with expires; or test aws:CurrentTime by DateLessThan",
  standards: ["owasp-nhi/NHI1", "owasp-nhi/NHI7", "owasp-asi/ASI10", "sp800-53/AC-2"],
  looksAt: ["aws_iam_role"],
  *check(block, stack) {
    if (!isAgentRole(block) && !isOfManagedAgent(block, stack)) return;
    for (const { at, statement, evidence } of grantsOf(block, stack, "trust")) {
      const ends = testsOf(statement.Condition, /^aws:CurrentTime$/i).some(
        ({ operator, values }) => /^DateLessThan(?:Equals)?$/.test(operator) && values.length > 0,
      );
      if (!ends) yield { what: "aws:CurrentTime", at: `${at}.Condition`, evidence };
    }
  },
};
