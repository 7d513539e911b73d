import type { Block } from "./block";
import type { StackJson } from "./stack";
import { isObject } from "./value";

/** Tag that names the agent of a role */
const AGENT_TAG = "ambit.internal/agent";

/** Whether it is a role that an agent becomes: by its tag, or by the path at which agents' roles are */
export function isAgentRole({ type, body }: Block): boolean {
  if (type !== "aws_iam_role") return false;
  const { tags, path } = body;
  return (
    (isObject(tags) && Object.hasOwn(tags, AGENT_TAG)) || (typeof path === "string" && /^\/ambit\/agents\//.test(path))
  );
}

/** What a value names a role by: the name of one that is written or in the stack, else its address; undefined if it is unknown */
export function roleOf(value: unknown, stack: StackJson): string | undefined {
  const referred = stack.referred(value)?.block;
  if (referred !== undefined) {
    const { name } = referred.body;
    return typeof name === "string" ? name : referred.address;
  }
  if (typeof value !== "string" || value === "") return undefined;
  return /^arn:.*:role\//.test(value) ? value.slice(value.lastIndexOf("/") + 1) : value;
}
