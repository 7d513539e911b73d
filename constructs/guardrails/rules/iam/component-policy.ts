import { roleOf } from "../../agent-roles";
import { componentNamed } from "../../private/component-trusts";
import type { BlockRule } from "../../rule";
import type { StackJson } from "../../stack";
import { listOf } from "../../value";

/** By type, where it names the role. A component's role has one policy, inline and in the stack of the role, and no boundary. */
const ROLES: Readonly<Record<string, string>> = {
  aws_iam_role_policy: "role",
  aws_iam_role_policy_attachment: "role",
  aws_iam_role_policy_attachments_exclusive: "role_name",
  aws_iam_policy_attachment: "roles",
};

export const componentPolicy: BlockRule = {
  id: "AMBIT-IAM-COMPONENT-POLICY",
  severity: "high",
  what: "a role of Ambit's own components must have the one policy that stands beside it",
  why: "the exchange, the gateway and SPIRE's server decide for all agents, and their roles have no boundary that would limit a second policy",
  fix: "give the right to a role of its own, with a boundary",
  standards: ["owasp-nhi/NHI5", "owasp-asi/ASI03", "sp800-53/AC-6"],
  looksAt: Object.keys(ROLES),
  *check({ type, body }, stack) {
    const at = ROLES[type] as string;
    for (const written of listOf(body[at])) {
      const name = roleOf(written, stack);
      if (componentNamed(name) === undefined) continue;
      // One policy of a role of the stack is its own; with a second one, the role is a finding.
      if (type === "aws_iam_role_policy" && (stack.referred(written) !== undefined || isRoleOf(stack, name))) continue;
      yield {
        what: String(name),
        at,
        evidence: [name ?? null, body["policy"] ?? body["policy_arn"] ?? body["policy_arns"] ?? null],
      };
    }
  },
};

function isRoleOf(stack: StackJson, name: string | undefined): boolean {
  return stack.of("aws_iam_role").some(({ body }) => body["name"] === name);
}
