import { onlyKnown, refuse, shown } from "./errors";
import { isRecord } from "./is-record";
import type { A2aPushes } from "./serve-props";
import { type Tool, type ToolAction, ToolGrant } from "./tool";

const CODE = "serving.push";
const SUCH = 'callbacks.allow("notify")';

/** Where push notifications of a way in go, and as which call */
export interface PushFacts {
  readonly tool: Tool;
  readonly action: ToolAction;
  /** That callers name, byte for byte */
  readonly url: string;
  /** Of the action, at its tool */
  readonly path: string;
}

/**
 * Push notifications as they were declared: a POST of JSON to one address, which is a call of the agent's like another.
 *
 * @throws DeclarationError `serving.push`, `property.unknown`, `value.foreign`
 */
export function pushesOf(pushes: A2aPushes, where: string): PushFacts {
  if (!isRecord(pushes)) refuse(CODE, where, `pushes must be such as { to: ${SUCH} }, got ${shown(pushes)}`);
  onlyKnown(pushes, ["to"], `${where} pushes`);
  const { to } = pushes as A2aPushes;
  if (!(to instanceof ToolGrant)) {
    const sentence = "pushes.to holds a value that was made by hand or by another copy of the package";
    refuse("value.foreign", where, `${sentence}: write one such as ${SUCH}`);
  }
  const [action, ...others] = to.actions;
  if (action === undefined || others.length > 0) {
    refuse(CODE, where, `pushes.to must be one action, got ${to.names.join(", ")}: write one such as ${SUCH}`);
  }
  const { tool } = to;
  const path = pathOf(tool, action, where);
  return { tool, action, url: `${tool.url}${path}`, path };
}

/** Push settings of an agent's companion (docs/ways-in.md) */
export interface PushedTo {
  readonly url: string;
  /** By which, and at which path, the companion is asked for it */
  readonly tool: string;
  readonly path: string;
}

export function pushedTo({ url, tool, path }: PushFacts): PushedTo {
  return { url, tool: tool.name, path };
}

/** Whether a task may call what is pushed to */
export function mayPush(tools: readonly ToolGrant[], { tool, action }: PushFacts): boolean {
  return tools.some((grant) => grant.tool === tool && grant.actions.includes(action));
}

/** A push is a POST with only a body, to exactly this address. */
function pathOf({ actsAs, kind, name }: Tool, { match, name: of }: ToolAction, where: string): string {
  const named = `${name}.${of}`;
  const must = (what: string, got: string, fix: string): never =>
    refuse(CODE, where, `pushes.to must ${what}, got ${got} of ${named}: ${fix}`);
  if (!("method" in match))
    return must("be an action of an HTTP tool", `one of kind ${kind}`, "declare it by Tool.http");
  const { method, path, query, body } = match;
  if (method !== "POST") return must("be a POST", method, "agents push by POST alone");
  if (path.includes("{")) return must("have one address", path, "declare an action whose path has no parameter");
  if (query !== undefined) return must("take no query", "a query", "the address that callers name has none");
  if (body === undefined) return must("take a body", "none", "declare a schema of what is pushed as its body");
  const [bound] = actsAs === "user" ? [] : Object.keys(actsAs.bind);
  if (bound !== undefined) {
    return must("be bound to no claim", `actsAs.bind.${bound}`, "what is pushed has no such parameter; leave it out");
  }
  return path;
}
