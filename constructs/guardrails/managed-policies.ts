import type { Json } from "../../domain";
import type { Block } from "./block";
import { eachOf } from "./private/for-each";
import { valuesAt } from "./private/values-at";
import type { StackJson } from "./stack";
import { blocksOf, type BlockBody, hasDirective, isObject, listOf, textOf, UndecidedValue } from "./value";

/** A managed policy that a role, a user, a group or a permission set gets */
export interface ManagedPolicy {
  /** Attribute in which it is written */
  readonly at: string;
  readonly written: Json;
  /** Name of a policy of AWS; undefined where it is known at apply only */
  readonly name: string | undefined;
}

/** Where each type names the policies that it attaches */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  aws_iam_role: "managed_policy_arns",
  aws_iam_role_policy_attachment: "policy_arn",
  aws_iam_role_policy_attachments_exclusive: "policy_arns",
  aws_iam_user_policy_attachment: "policy_arn",
  aws_iam_user_policy_attachments_exclusive: "policy_arns",
  aws_iam_group_policy_attachment: "policy_arn",
  aws_iam_group_policy_attachments_exclusive: "policy_arns",
  aws_iam_policy_attachment: "policy_arn",
  aws_quicksight_iam_policy_assignment: "policy_arn",
  aws_budgets_budget_action: "definition.iam_action_definition.policy_arn",
  aws_ssoadmin_managed_policy_attachment: "managed_policy_arn",
};

export const MANAGED_POLICY_TYPES: readonly string[] = Object.keys(ATTRIBUTES);

/** The values of an attribute, and in place of `${each.value}` those that are written out */
function writtenIn(body: BlockBody, at: string): readonly (Json | UndecidedValue)[] {
  return valuesAt(body, at).flatMap((each): readonly (Json | UndecidedValue)[] =>
    each instanceof UndecidedValue ? [each] : (eachOf(body, each) ?? [each]),
  );
}

/** The policies of AWS that a block attaches. Policies of an account, which the stack has or an ARN names, are left out. */
export function* managedPoliciesOf({ mode, type, body }: Block, stack: StackJson): Generator<ManagedPolicy> {
  const at = mode === "resource" ? ATTRIBUTES[type] : undefined;
  if (at === undefined) return;
  for (const each of writtenIn(body, at)) {
    const written = each instanceof UndecidedValue ? each.value : each;
    const name = nameOf(written, stack);
    if (name !== "") yield { at, written, name };
  }
}

/** What gives a permission set a policy of the account, by its name */
export const CUSTOMER_POLICY_TYPE = "aws_ssoadmin_customer_managed_policy_attachment";

/** Names of the policies that a block attaches, of AWS and of the account alike, as far as they are written */
export function* attachedNamesOf(
  { mode, type, body }: Block,
  stack: StackJson,
): Generator<{ readonly at: string; readonly name: string; readonly written: Json }> {
  if (mode !== "resource") return;
  if (type === CUSTOMER_POLICY_TYPE) {
    const at = "customer_managed_policy_reference";
    for (const each of blocksOf(body, at)) {
      const referred = stack.referred(each["name"])?.block.body ?? each;
      yield { at: `${at}.name`, name: textOf(referred, "name", `${at}.name`) ?? "", written: each["name"] ?? null };
    }
  }
  const at = ATTRIBUTES[type];
  if (at === undefined) return;
  for (const each of writtenIn(body, at)) {
    const referred = stack.referred(each)?.block.body;
    for (const text of referred === undefined ? [each] : [referred["name"], referred["arn"]])
      if (typeof text === "string") yield { at, name: text.slice(text.lastIndexOf("/") + 1), written: each as Json };
  }
}

/** Addresses of the policies of the stack that a block attaches: by a reference, by their ARN, or by path and name */
export function attachedPoliciesIn(stack: StackJson): readonly string[] {
  return [...attachedByArn(stack), ...attachedByName(stack)];
}

/** What permission sets get */
function attachedByName(stack: StackJson): readonly string[] {
  const given = stack
    .of(CUSTOMER_POLICY_TYPE)
    .flatMap(({ body }) => listOf(body["customer_managed_policy_reference"]))
    .filter(isObject);
  const names = new Set(given.map(({ name, path = "/" }) => `${String(path)} ${String(name)}`));
  const policies = stack.of("aws_iam_policy");
  return [
    ...given.flatMap(({ name }) => stack.referred(name)?.block.address ?? []),
    ...policies.flatMap(({ address, body: { name, path = "/" } }) =>
      names.has(`${String(path)} ${String(name)}`) ? [address] : [],
    ),
  ];
}

function attachedByArn(stack: StackJson): readonly string[] {
  const written = MANAGED_POLICY_TYPES.flatMap((type) => stack.of(type)).flatMap(({ type, body }) =>
    writtenIn(body, ATTRIBUTES[type] as string),
  );
  return written.flatMap((each) => {
    const referred = stack.referred(each)?.block.address;
    if (referred !== undefined) return [referred];
    if (typeof each !== "string") return [];
    return stack
      .of("aws_iam_policy")
      .flatMap(({ address, body: { name, path = "/" } }) =>
        typeof name === "string" && each.endsWith(`:policy${String(path)}${name}`) ? [address] : [],
      );
  });
}

/** An expression where ARNs of all policies have the account, or the policy's name */
const HIDDEN = /:iam::[^:]*\$\{(?!data\.aws_caller_identity\.)[^:]*:policy\/|:policy\/.*\$\{/;

/** Of a policy of AWS; empty for one of an account */
function nameOf(written: Json, stack: StackJson): string | undefined {
  if (typeof written !== "string") return undefined;
  if (HIDDEN.test(written) || hasDirective(written)) return undefined;
  // Its partition may be known at apply only.
  const own = /^(?:arn:.*):iam::(aws|[^:]*):policy\/(?:.*\/)?([^/]+)$/.exec(written);
  if (own !== null) return own[1] === "aws" ? own[2] : "";
  const block = stack.referred(written)?.block;
  if (block?.address.startsWith("aws_iam_policy.") === true) return "";
  if (block?.address.startsWith("data.aws_iam_policy.") !== true) return undefined;
  const { arn, name } = block.body;
  return typeof arn === "string" ? nameOf(arn, stack) : typeof name === "string" ? name : undefined;
}

/** Source: AWS managed policy reference */
const BROAD =
  /^(?:AdministratorAccess(?:-\w+)?|PowerUserAccess|ReadOnlyAccess|\w*FullAccess(?:V2|_v2)?|SecretsManagerReadWrite|AWSKeyManagementServicePowerUser|\w+PowerUser|(?:System|Database|Network|Support)\w*Administrator|DataScientist)$/;

/** Whether a policy of AWS allows all that a service can do */
export function isBroad(name: string): boolean {
  return BROAD.test(name);
}
