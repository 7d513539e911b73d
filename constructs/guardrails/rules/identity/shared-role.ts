import { roleOf } from "../../agent-roles";
import type { Block } from "../../block";
import type { BlockRule } from "../../rule";
import type { StackJson } from "../../stack";
import { oncePer } from "../../private/once-per";

/** Where each kind of workload names the role that it becomes */
const ROLES: Readonly<Record<string, string>> = {
  aws_bedrockagentcore_agent_runtime: "role_arn",
  aws_ecs_task_definition: "task_role_arn",
  aws_eks_pod_identity_association: "role_arn",
  aws_iam_instance_profile: "role",
  aws_lambda_function: "role",
};

/** Service accounts, machines, functions, tasks and runtimes, of one kind or of several. */
export const sharedRole: BlockRule = {
  id: "AMBIT-IDENTITY-SHARED-ROLE",
  severity: "high",
  what: "two workloads may not have the same role",
  why: "the log does not tell which of them acted, and each has the rights of both",
  fix: "give each workload a role of its own",
  standards: ["owasp-nhi/NHI9", "owasp-nhi/NHI5", "owasp-asi/ASI03", "sp800-53/IA-4"],
  looksAt: Object.keys(ROLES),
  *check(block, stack) {
    const role = roleUsed(block, stack);
    const users = role === undefined ? 0 : (usersOf(stack).get(role) ?? 0);
    if (role !== undefined && users > 1) yield { what: role, at: ROLES[block.type] as string, evidence: [role, users] };
  },
};

/** How many workloads have each role: counted once, as each workload asks */
const usersOf = oncePer((stack: StackJson): ReadonlyMap<string, number> => {
  const users = new Map<string, number>();
  for (const type of Object.keys(ROLES)) {
    for (const block of stack.of(type)) {
      const role = roleUsed(block, stack);
      if (role !== undefined) users.set(role, (users.get(role) ?? 0) + 1);
    }
  }
  return users;
});

function roleUsed({ type, body }: Block, stack: StackJson): string | undefined {
  return roleOf(body[ROLES[type] as string], stack);
}
