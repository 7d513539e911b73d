import { isAgentRole, AGENT_TAG } from "../agent-roles";
import type { Block } from "../block";
import { SUBJECT, testsOf } from "../conditions";
import type { DeclaredRoles } from "../declared-roles";
import type { Grant } from "../grants";
import { matches } from "../action-patterns";
import { writtenName } from "../kubernetes-object";
import type { StackJson } from "../stack";
import { isObject, isReference, UndecidedValue } from "../value";
import { withValues } from "./stands-for";

/** The subjects by which agents' tokens or certificates open a role that is not their own, as they are written */
export function* becomingIn(
  { at, statement }: Grant,
  role: Block,
  stack: StackJson,
): Generator<string | UndecidedValue> {
  const agents = stack.agents?.();
  if (agents === undefined) return;
  const tests = testsOf(statement.Condition, SUBJECT).filter(({ operator }) => !/Not|Null/.test(operator));
  for (const { operator, values } of tests) {
    for (const value of values) {
      const subject = withNames(value, stack);
      const isKnown = !isReference(subject);
      const isPattern = /[*?]/.test(subject) && /Like$/.test(operator.replace(/IfExists$/, ""));
      const named = isKnown && !isPattern ? exactly(subject, agents) : among(subject, isPattern, agents);
      if (named.every((agent) => isOwn(role, agent, agents))) continue;
      yield isKnown ? value : new UndecidedValue(at, value, "the subject that the role trusts may be an agent's");
    }
  }
}

const EMBEDDED = /\$\{[^}]*\}/g;

function withNames(value: string, stack: StackJson): string {
  if (!isReference(value)) return value;
  return withValues(value, stack).replace(EMBEDDED, (expression) => writtenName(expression, stack) ?? expression);
}

function exactly(subject: string, { subjects }: DeclaredRoles): readonly string[] {
  const agent = subjects.get(subject.toLowerCase());
  return agent === undefined ? [] : [agent];
}

/** The agents that a pattern stands for. What is known at apply only may be anything. */
function among(subject: string, isPattern: boolean, { subjects }: DeclaredRoles): readonly string[] {
  const known = isPattern ? subject : subject.replace(/[*?]/g, "?");
  const pattern = known.replace(EMBEDDED, "*").replace(/\*[*?]+/g, "*");
  return [...subjects].flatMap(([each, agent]) => (matches(pattern, each) ? [agent] : []));
}

/** By its name in the registry. Where that has no role of the agent, as one without a cloud, the role's tag and path tell it. */
function isOwn(role: Block, agent: string, agents: DeclaredRoles): boolean {
  const declared = agents.get(String(role.body["name"]));
  if (declared !== undefined) return declared.agent === agent;
  const { tags, path } = role.body;
  const isTagged = isAgentRole(role) && isObject(tags) && tags[AGENT_TAG] === agent;
  return isTagged && /^\/ambit\/agents\//.test(String(path)) && !hasRole(agent, agents);
}

function hasRole(agent: string, agents: DeclaredRoles): boolean {
  return [...agents.values()].some((role) => role.agent === agent);
}
