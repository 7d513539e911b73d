import { namesAgentRole } from "../../agent-roles";
import type { Json } from "../../../../domain";
import type { Block } from "../../block";
import { componentNamed, PLATFORM_PATH } from "../../private/component-trusts";
import type { BlockRule } from "../../rule";
import type { StackJson } from "../../stack";
import { isObject } from "../../value";

/** Machines, pods, functions, tasks, devices, pools and all else that gets credentials of a role. Its policies, and its profile of Roles Anywhere, belong to it. */
export const handedRole: BlockRule = {
  id: "AMBIT-IDENTITY-ROLE-HANDED",
  severity: "critical",
  what: "no resource may hand out the role of an agent, or of a component of Ambit",
  why: "what the resource runs acts as the agent, without a start, a task, a budget or an approval of the exchange",
  fix: "give it a role of its own",
  standards: [
    "owasp-nhi/NHI9",
    "owasp-nhi/NHI5",
    "owasp-asi/ASI03",
    "owasp-asi/ASI10",
    "sp800-53/IA-4",
    "sp800-53/AC-6",
  ],
  looksAt: [/^aws_(?!iam_(?:role|policy_attachment)|rolesanywhere_profile$)/],
  *check(block, stack) {
    for (const [at, value] of rolesIn(block.body as Json)) {
      if (namesAgentRole(value, stack)) yield { what: `${at}::agent`, at, evidence: value };
      else if (isOfComponent(value, block, stack)) yield { what: `${at}::component`, at, evidence: value };
    }
  },
};

/** `role`, `task_role_arn`, `iam_roles` and their like: the provider has no other names for it. */
export const NAMES_ROLE = /(?:^|[_.])roles?(?:_(?:arns?|names?|ids?))?$/;

type NamedText = readonly [at: string, value: string];

/** The texts of a block that name a role, with those in a map such as Cognito's `roles` */
function rolesIn(json: Json, at = "", found: NamedText[] = []): readonly NamedText[] {
  if (typeof json === "string") {
    if (NAMES_ROLE.test(at) || /(?:^|\.)roles\.[^.]+$/.test(at)) found.push([at, json]);
  } else if (Array.isArray(json)) for (const each of json as readonly Json[]) rolesIn(each, at, found);
  else if (isObject(json))
    for (const [name, each] of Object.entries(json))
      if (typeof each === "string" || typeof each === "object")
        rolesIn(each, at === "" ? name : `${at}.${name}`, found);
  return found;
}

/** A component that is a function of Lambda has a role of its own name. */
function isOfComponent(value: string, { type, body }: Block, stack: StackJson): boolean {
  const referred = stack.referred(value)?.block.body;
  const [, path, name] =
    referred === undefined ? (/:role(\/.*\/)([^/]+)$/.exec(value) ?? []) : [null, referred["path"], referred["name"]];
  if (path !== PLATFORM_PATH || componentNamed(name) === undefined) return false;
  return type !== "aws_lambda_function" || body["function_name"] !== name;
}
