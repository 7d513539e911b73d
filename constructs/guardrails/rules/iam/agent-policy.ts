import type { Json } from "../../../../domain";
import type { Statement } from "../../../../iam";
import { isAgentRole, namesAgentRole, roleOf } from "../../agent-roles";
import type { Block } from "../../block";
import { type DeclaredRoles, isBeyondRole } from "../../declared-roles";
import { policiesOf } from "../../policies";
import { eachOf } from "../../private/for-each";
import { oncePer } from "../../private/once-per";
import type { BlockRule, Violation } from "../../rule";
import type { StackJson } from "../../stack";
import { isReference, listOf, UndecidedValue } from "../../value";

/** By type, where it names the role */
const ROLES: Readonly<Record<string, string>> = {
  aws_iam_policy_attachment: "roles",
  aws_iam_role_policies_exclusive: "role_name",
  aws_iam_role_policy: "role",
  aws_iam_role_policy_attachment: "role",
  aws_iam_role_policy_attachments_exclusive: "role_name",
};

/** Attributes of a role by which Terraform has all its policies, and takes away what the kill switch attached */
const OWNING = ["inline_policy", "managed_policy_arns"];

export const agentPolicy: BlockRule = {
  id: "AMBIT-IAM-AGENT-POLICY",
  severity: "critical",
  what: "an agent's role must have the policy that its declaration makes, and no other",
  why: "the agent gets data that no declaration has, while its inventory and risk stay as they were; and a list of all policies takes away what the kill switch attached",
  fix: "declare the data in a task of the agent",
  standards: ["owasp-nhi/NHI5", "owasp-asi/ASI03", "owasp-asi/ASI10", "sp800-53/AC-6", "sp800-53/AC-3"],
  looksAt: ["aws_iam_role", ...Object.keys(ROLES)],
  *check(block, stack) {
    const { type, body } = block;
    if (type === "aws_iam_role") {
      for (const at of isAgentRole(block) || namesAgentRole(body["name"], stack) ? OWNING : [])
        if ((body[at] ?? null) !== null) yield { what: at, at, evidence: body[at] ?? null };
      return;
    }
    const at = ROLES[type] as string;
    for (const each of listOf(body[at]).flatMap((written) => eachOf(body, written) ?? [written])) {
      if (isUnknown(each, stack)) yield new UndecidedValue(at, each, `${at} may name the role of an agent`);
      else if (namesAgentRole(each, stack) || namesAgentRole(roleOf(each, stack), stack))
        yield* policiesIn(block, each, stack);
    }
  },
};

/** Beside agents, each role that is known at apply only may be one of them. */
function isUnknown(written: Json, stack: StackJson): boolean {
  if (typeof written !== "string" || !isReference(written)) return false;
  const referred = stack.referred(written)?.block;
  const name = referred?.body["name"];
  if (referred !== undefined && (referred.mode === "resource" || (typeof name === "string" && !isReference(name))))
    return false;
  return hasAgents(stack.agents?.()) && !namesAgentRole(written, stack);
}

/** A construct can stand in a stack whose fleet does not have its agent, as in a test of it. */
function hasAgents(agents: DeclaredRoles | undefined): boolean {
  return agents !== undefined && agents.size > 0;
}

/** The two that the construct `AgentRole` writes: what the declaration opens, and a Deny of all that suspends the agent */
const OWN = ["ambit-access", "ambit-suspended"];

function* policiesIn(block: Block, role: Json, stack: StackJson): Generator<Violation> {
  const { type, body } = block;
  const named = roleOf(role, stack) ?? String(role);
  const policy = body["policy"] ?? body["policy_arn"] ?? body["policy_arns"] ?? body["policy_names"] ?? null;
  const name = body["name"] ?? "";
  const refused = { what: `${named}::${String(name)}`, at: ROLES[type] as string, evidence: [named, name, policy] };
  if (type !== "aws_iam_role_policy" || !OWN.includes(String(name)) || !isAlone(block, stack)) return yield refused;
  const agents = stack.agents?.();
  const declared = agents?.get(named);
  for (const { statements } of policiesOf(block, stack)) {
    const allows = statements.filter(({ Effect }) => Effect === "Allow");
    const isBeyond = (each: Statement): boolean =>
      name === "ambit-suspended" || (declared === undefined ? hasAgents(agents) : isBeyondRole(each, declared));
    if (allows.some(isBeyond)) yield refused;
  }
}

/** Whether its role is in the stack, and has no other policy of this name: in AWS, one of them would overwrite the other. */
function isAlone({ address, body }: Block, stack: StackJson): boolean {
  const role = stack.referred(body["role"])?.block;
  if (role?.mode !== "resource" || [body["count"], body["for_each"]].some((each) => (each ?? null) !== null))
    return false;
  return ownIn(stack).get(`${role.address} ${String(body["name"])}`) === address;
}

/** By role and name; undefined where there are several. Each policy asks. */
const ownIn = oncePer((stack: StackJson): ReadonlyMap<string, string | undefined> => {
  const own = new Map<string, string | undefined>();
  for (const { address, body } of stack.of("aws_iam_role_policy")) {
    const key = `${stack.referred(body["role"])?.block.address ?? ""} ${String(body["name"])}`;
    own.set(key, own.has(key) ? undefined : address);
  }
  return own;
});
