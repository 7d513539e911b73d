import { valuesOf } from "../../../../iam";
import { namesAgentRole, roleOf } from "../../agent-roles";
import { testsOf } from "../../conditions";
import type { Block } from "../../block";
import { type DeclaredRole, isBeyondData } from "../../declared-roles";
import { GRANTEE_TYPES, granteesOf } from "../../grantees";
import { type Grant, grantsOf } from "../../grants";
import { typesWith } from "../../policies";
import { principalsOf } from "../../principals";
import { becomingIn } from "../../private/agent-subjects";
import { essenceDigest } from "../../private/essence";
import type { BlockRule } from "../../rule";
import type { StackJson } from "../../stack";
import { UndecidedValue } from "../../value";

/** Policies of data in an account of its own must name the role: what they allow is compared with what the agent declares. */
export const agentGrant: BlockRule = {
  id: "AMBIT-IAM-AGENT-GRANT",
  severity: "critical",
  what: "a resource may give an agent's role what its declaration has, and nothing else, and no other role may trust an agent",
  why: "in the same account the policy of a resource is enough, so that the agent gets what no declaration has, and its inventory and risk stay as they were",
  fix: "declare the data in a task of the agent, and allow the role the actions and resources of that dataset alone",
  standards: ["owasp-nhi/NHI5", "owasp-asi/ASI03", "owasp-asi/ASI10", "sp800-53/AC-6", "sp800-53/AC-3"],
  looksAt: [...typesWith("resource", "trust"), ...GRANTEE_TYPES],
  *check(block, stack) {
    for (const grant of grantsOf(block, stack, "resource", "trust")) {
      const becoming = grant.kind === "trust" ? [...becomingIn(grant, block, stack)] : [];
      for (const named of [...agentsIn(grant, stack), ...becoming]) {
        if (named instanceof UndecidedValue) yield named;
        else if (grant.kind !== "resource" || !isDeclared(grant, named, block, stack))
          yield { what: `${grant.at.replace(/\[\d+\]/g, "")}::${named}`, at: grant.at, evidence: grant.evidence };
      }
    }
    for (const each of granteesOf(block, stack)) {
      if (each instanceof UndecidedValue || !namesAgentRole(each.value, stack)) continue;
      yield { what: `${each.at}::${each.value}`, at: each.at, evidence: [each.value, essenceDigest(block)] };
    }
  },
};

/** The agents' roles that a statement names, as principals or by what it asks of one */
function agentsIn({ statement }: Grant, stack: StackJson): readonly string[] {
  const asked = testsOf(statement.Condition, /^aws:PrincipalArn$/i)
    .filter(({ operator }) => !/Not|Null/.test(operator))
    .flatMap(({ values }) => values);
  const principals = principalsOf(statement).flatMap(({ type, value }) => (type === "AWS" ? [value] : []));
  return [...new Set([...principals, ...asked])].filter((value) => namesAgentRole(withoutSession(value), stack));
}

/** A session of a role, as IAM names it */
function withoutSession(value: string): string {
  const name = /:assumed-role\/([^/]+)\//.exec(value)?.[1];
  return name ?? value;
}

/** Without declarations nothing is known of what the agent may do: the policy is judged by other rules. */
function isDeclared({ statement }: Grant, named: string, { type }: Block, stack: StackJson): boolean {
  const agents = stack.agents?.();
  if (agents === undefined || agents.size === 0) return true;
  const role = agents.get(roleOf(withoutSession(named), stack) ?? "");
  if (role === undefined) return false;
  const resources = valuesOf(statement.Resource).map((each) => withNames(each, role, stack));
  return !isBeyondData(
    { ...statement, ...(statement.Resource && { Resource: resources }) },
    role,
    /^aws_kms_/.test(type),
  );
}

/** The ARN of a bucket or table of the stack, whose name is written, in place of a reference to it */
function withNames(text: string, { partition, account, region }: DeclaredRole, stack: StackJson): string {
  return text.replace(/\$\{(aws_(?:s3_bucket|dynamodb_table)\.[\w-]+)\.arn\}/g, (reference, address: string) => {
    const { bucket, name } = stack.at(address)?.body ?? {};
    if (typeof bucket === "string") return `arn:${partition}:s3:::${bucket}`;
    const isKnown = typeof name === "string" && region !== undefined;
    return isKnown ? `arn:${partition}:dynamodb:${region}:${account}:table/${name}` : reference;
  });
}
