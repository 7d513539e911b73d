import { policiesOf } from "../../constructs/guardrails/policies";
import { valuesOf } from "../../iam";
import type { RegistryTask, Sensitivity } from "../../domain";
import { isRecord } from "../../domain/is-record";
import { own } from "../../domain/own";
import { knownTaskRiskFacts, type TaskRiskFacts } from "../../domain/rules/risk-facts";
import { at, type DeclaredAgent, inner, type Located, type Output, textIn } from "./output";

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
}

/** The tasks of an agent, of which several safeguards ask the same */
export function taskFacts({ entry }: DeclaredAgent, { registry }: Output): readonly TaskFacts[] {
  return Object.keys(entry.tasks).map((name) => ({
    task: entry.tasks[name] as RegistryTask<Sensitivity>,
    facts: knownTaskRiskFacts(registry, entry, name),
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

/** Whether each statement by which a role is assumed names this agent: by its SPIFFE ID, or by the source identity that the exchange sets */
export function trustsAlone({ block, stack }: Located, { name, entry }: DeclaredAgent): boolean {
  const allowing = statementsOf(block, stack).filter(({ Effect }) => Effect === "Allow");
  const assuming = allowing.filter(({ Action }) =>
    valuesOf(Action).some((action) => action.startsWith("sts:AssumeRole")),
  );
  return (
    assuming.length > 0 &&
    assuming.every(({ Condition = {} }) => {
      const values = Object.values(at(Condition, "StringEquals") ?? {}).flatMap((value) => valuesOf(value as string));
      return values.includes(name) || values.includes(entry.spiffeId);
    })
  );
}

/** What cannot be read is no evidence; the guardrails have it as a finding. */
function statementsOf(
  ...[block, stack]: Parameters<typeof policiesOf>
): ReturnType<typeof policiesOf>[number]["statements"] {
  try {
    return policiesOf(block, stack).flatMap(({ kind, statements }) => (kind === "trust" ? statements : []));
  } catch {
    return [];
  }
}

/** Task of the document of the policy engines that is the one of the registry */
export function decidedTasks({ entry }: DeclaredAgent, { policy }: Output): boolean {
  const { agents } = policy;
  const tasks = isRecord(agents) ? at(own(agents, entry.spiffeId), "tasks") : undefined;
  return isRecord(tasks) && Object.keys(entry.tasks).every((task) => isRecord(own(tasks, task)));
}

/** Network policies that select this agent's pods, and let them reach named places alone */
export function ownNetworkPolicies(agent: DeclaredAgent, output: Output): readonly Located[] {
  const { namespace } = agent.entry.workload;
  return output
    .object("kubernetes_network_policy_v1", namespace, `ambit-${agent.name}`)
    .filter(({ block }) => closes(block.body) && egressOf(block.body).every(isNamed));
}

/** Network policies that select all pods of the namespace, and let them reach nothing */
export function closedNamespaces(namespace: string, output: Output): readonly Located[] {
  // Only those have a key: a namespace may have a policy for each of thousands of agents.
  return output.by("closed", "kubernetes_network_policy_v1", namespace, ({ block }) => {
    const selector = inner(inner(block.body, "spec"), "pod_selector");
    const isClosed = Object.keys(selector).length === 0 && closes(block.body) && egressOf(block.body).length === 0;
    return isClosed ? textIn(inner(block.body, "metadata"), "namespace") : undefined;
  });
}

function closes(body: unknown): boolean {
  const types = at(inner(body, "spec"), "policy_types");
  return Array.isArray(types) && types.includes("Egress") && types.includes("Ingress");
}

function egressOf(body: unknown): readonly unknown[] {
  const rules = at(inner(body, "spec"), "egress") ?? [];
  return Array.isArray(rules) ? rules : [rules];
}

/** Whether a rule says where to: one that names no place, or every address, lets through to all. */
function isNamed(rule: unknown): boolean {
  const to = at(rule, "to");
  return (
    Array.isArray(to) &&
    to.length > 0 &&
    to.every((place) => {
      const cidr = at(place, "ip_block", "cidr");
      return typeof cidr !== "string" || !cidr.endsWith("/0");
    })
  );
}

function pathAndName(body: unknown): string | undefined {
  const name = textIn(body, "name");
  return name === undefined ? undefined : `${textIn(body, "path") ?? "/"}${name}`;
}

function afterAccount(arn: string, kind: string): string {
  return arn.slice(arn.indexOf(`:${kind}/`) + kind.length + 1);
}
