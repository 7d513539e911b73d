import type { Json } from "../../domain";
import type { Block } from "./block";
import { eachOf } from "./private/for-each";
import { valuesAt } from "./private/values-at";
import type { StackJson } from "./stack";
import { blocksOf, type BlockBody, hasDirective, isObject, isReference, listOf, textOf, UndecidedValue } from "./value";

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
    for (const found of lookedUp(written, stack)) {
      const name = nameOf(found, stack);
      if (name !== "") yield { at, written, name };
    }
  }
}

/** A name by which a data source looks a policy up, of AWS or of the account */
interface Name {
  readonly name: string;
}

/**
 * What a value stands for: where it is a data source that looks a policy up, the ARN or the name by which it does, and else the value itself.
 * One that looks another one up is followed once.
 */
export function lookedUp(written: Json, stack: StackJson, isFollowed = false): readonly (Json | Name)[] {
  const block = stack.referred(written)?.block;
  if (block?.address.startsWith("data.aws_iam_policy.") !== true) return [written];
  const { arn, name } = block.body;
  if (typeof arn === "string")
    return (eachOf(block.body, arn) ?? [arn]).flatMap((each) => (isFollowed ? [each] : lookedUp(each, stack, true)));
  const names: readonly Json[] = eachOf(block.body, name) ?? [name ?? null];
  return names.map((each) => (typeof each === "string" && !stackNames(each, stack) ? { name: each } : each));
}

function stackNames(name: string, stack: StackJson): boolean {
  return stack.referred(name) !== undefined;
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
    if (each instanceof UndecidedValue) continue;
    for (const found of lookedUp(each, stack)) {
      const referred = stack.referred(found)?.block.body;
      const text =
        referred === undefined ? (isNamed(found) ? found.name : found) : (referred["name"] ?? referred["name_prefix"]);
      if (typeof text === "string") yield { at, name: text.slice(text.lastIndexOf("/") + 1), written: each };
    }
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
  const found = written.flatMap((each) => (each instanceof UndecidedValue ? [] : lookedUp(each, stack)));
  return found.flatMap((each) => {
    const referred = stack.referred(each)?.block.address;
    if (referred !== undefined) return [referred];
    const isMeant = (name: string, path: string): boolean =>
      isNamed(each) ? each.name === name : typeof each === "string" && each.endsWith(`:policy${path}${name}`);
    return stack
      .of("aws_iam_policy")
      .flatMap(({ address, body: { name, path = "/" } }) =>
        typeof name === "string" && isMeant(name, String(path)) ? [address] : [],
      );
  });
}

/** An expression where ARNs of all policies have the account, or the policy's name */
const HIDDEN = /:iam::[^:]*\$\{(?!data\.aws_caller_identity\.)[^:]*:policy\/|:policy\/.*\$\{/;

/** Of a policy of AWS; empty for one of an account */
function nameOf(written: Json | Name, stack: StackJson): string | undefined {
  if (isNamed(written)) return fixedName(written);
  if (typeof written !== "string") return undefined;
  if (HIDDEN.test(written) || hasDirective(written)) return undefined;
  // Its partition may be known at apply only.
  const own = /^(?:arn:.*):iam::(aws|[^:]*):policy\/(?:.*\/)?([^/]+)$/.exec(written);
  if (own !== null) return own[1] === "aws" ? own[2] : "";
  return stack.referred(written)?.block.address.startsWith("aws_iam_policy.") === true ? "" : undefined;
}

function fixedName({ name }: Name): string | undefined {
  return isReference(name) || hasDirective(name) ? undefined : name;
}

function isNamed(value: Json | Name): value is Name {
  return isObject(value) && Object.keys(value).join() === "name";
}

/** Source: AWS managed policy reference */
const BROAD =
  /^(?:AdministratorAccess(?:-\w+)?|PowerUserAccess|ReadOnlyAccess|\w*FullAccess(?:V2|_v2)?|SecretsManagerReadWrite|AWSKeyManagementServicePowerUser|\w+PowerUser|(?:System|Database|Network|Support)\w*Administrator|DataScientist)$/;

/** Whether a policy of AWS allows all that a service can do */
export function isBroad(name: string): boolean {
  return BROAD.test(name);
}
