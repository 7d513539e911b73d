import type { RegistryTask, Sensitivity } from "../../domain";
import { declaredAgent } from "../../domain/decision/policy-document";
import { isRecord } from "../../domain/is-record";
import { own } from "../../domain/own";
import { type HandedFact, handedFacts } from "../../domain/rules/handed-facts";
import { knownTaskRiskFacts, type TaskRiskFacts } from "../../domain/rules/risk-facts";
import { sameJson } from "../../review/read/json";
import { at, type DeclaredAgent, type Located, type Output, textIn } from "./output";

/** Tasks of an agent that have access to AWS */
export function awsTasks({
  entry,
}: DeclaredAgent): readonly { readonly task: string; readonly role: string; readonly isScoped: boolean }[] {
  const isBrokered = entry.credentials === "brokered";
  return Object.entries(entry.tasks).flatMap(([task, { aws }]) =>
    aws === undefined ? [] : [{ task, role: aws.role, isScoped: !isBrokered || aws.sessionPolicy !== undefined }],
  );
}

export function usesAws(agent: DeclaredAgent): boolean {
  return Object.values(agent.entry.tasks).some(({ aws }) => aws !== undefined);
}

/** A task, with what of it raises the risk of its agent */
interface TaskFacts {
  readonly task: RegistryTask<Sensitivity>;
  readonly facts: TaskRiskFacts;
  /** What delegates may do for it */
  readonly handed: readonly HandedFact[];
}

/** The tasks of an agent, of which several safeguards ask the same */
export function taskFacts({ entry }: DeclaredAgent, { registry }: Output): readonly TaskFacts[] {
  return Object.keys(entry.tasks).map((name) => ({
    task: entry.tasks[name] as RegistryTask<Sensitivity>,
    facts: knownTaskRiskFacts(registry, entry, name),
    handed: handedFacts(registry, entry.tasks[name] as RegistryTask<Sensitivity>),
  }));
}

/** Roles with this ARN */
export function rolesAt(output: Output, arn: string): readonly Located[] {
  return output.by("arn", "aws_iam_role", afterAccount(arn, "role"), ({ block }) => pathAndName(block.body));
}

export function policiesAt(output: Output, arn: string): readonly Located[] {
  return output.by("arn", "aws_iam_policy", afterAccount(arn, "policy"), ({ block }) => pathAndName(block.body));
}

/** Inline policies that are written beside a role */
export function policiesOfRole(output: Output, role: Located): readonly Located[] {
  return output.by("role", "aws_iam_role_policy", role.address, ({ stack, block }) => {
    const referred = stack.referred(block.body["role"]);
    return referred === undefined ? undefined : `${stack.name}/${referred.block.address}`;
  });
}

/** Whether the policy engines know of the agent what the registry says, and no more */
export function isDecided({ name, entry }: DeclaredAgent, { policy, registry }: Output): boolean {
  const { agents } = policy;
  const told = isRecord(agents) ? own(agents, entry.spiffeId) : undefined;
  const expected = declaredAgent(name, entry, registry);
  // Of an expired agent the registry does not say whether it is suspended besides.
  return sameJson(told, "suspended" in expected ? expected : { ...expected, suspended: at(told, "suspended") });
}

function pathAndName(body: unknown): string | undefined {
  const name = textIn(body, "name");
  return name === undefined ? undefined : `${textIn(body, "path") ?? "/"}${name}`;
}

function afterAccount(arn: string, kind: string): string {
  return arn.slice(arn.indexOf(`:${kind}/`) + kind.length + 1);
}
