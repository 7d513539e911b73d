import type { Block } from "./block";
import { oncePer } from "./private/once-per";
import { textsBehind, withValues } from "./private/stands-for";
import type { StackJson } from "./stack";
import { isObject, isReference } from "./value";

/** Tag of a role, and label of a service account, that names its agent */
export const AGENT_TAG = "ambit.internal/agent";

/** Whether it is a role that an agent becomes: by its tag, or by the path at which agents' roles are */
export function isAgentRole({ type, body }: Block): boolean {
  if (type !== "aws_iam_role") return false;
  const { tags, path } = body;
  return (
    (isObject(tags) && Object.hasOwn(tags, AGENT_TAG)) || (typeof path === "string" && /^\/ambit\/agents\//.test(path))
  );
}

/** Names of the agents' roles of a stack. Each attribute that names a role asks. */
const namesIn = oncePer(
  (stack: StackJson): ReadonlySet<unknown> =>
    new Set(stack.of("aws_iam_role").flatMap((role) => (isAgentRole(role) ? [role.body["name"]] : []))),
);

/** Whether a value names an agent's role: by its ARN, by the name of one of the stack, or by an expression with one of them in it */
export function namesAgentRole(value: unknown, stack: StackJson): boolean {
  if (typeof value !== "string" || value === "") return false;
  if (/:role\/ambit\/agents\//.test(value) || namesIn(stack).has(value)) return true;
  if (stack.agents?.().has(nameIn(value)) === true) return true;
  if (!isReference(value)) return false;
  // A data source reads a role of another state, by its name.
  const read = stack.referred(value)?.block;
  if (read?.mode === "data" && namesIn(stack).has(read.body["name"])) return true;
  const named = [...value.matchAll(/\baws_iam_role\.[\w-]+/g)].some(([address]) => {
    const role = stack.at(address);
    return role !== undefined && isAgentRole(role);
  });
  return named || writtenFor(value, stack).some((each) => namesAgentRole(each, stack));
}

/** What the stack writes for the local values and variables in a text, as texts that lead to no other ones */
function writtenFor(text: string, stack: StackJson): readonly string[] {
  if (!LEADS_ON.test(text)) return [];
  return [withValues(text, stack), ...textsBehind(text, stack)].filter((each) => !LEADS_ON.test(each));
}

const LEADS_ON = /\$\{[^}]*\b(?:local|var)\./;

/** What a value names a role by: the name of one that is written or in the stack, else its address; undefined if it is unknown */
export function roleOf(value: unknown, stack: StackJson): string | undefined {
  const referred = stack.referred(value)?.block;
  if (referred !== undefined) {
    const { name } = referred.body;
    return typeof name === "string" ? name : referred.address;
  }
  return typeof value === "string" && value !== "" ? nameIn(value) : undefined;
}

function nameIn(value: string): string {
  return /^arn:.*:role\//.test(value) ? value.slice(value.lastIndexOf("/") + 1) : value;
}
