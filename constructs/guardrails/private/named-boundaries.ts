import { attachedPoliciesIn } from "../managed-policies";
import type { Block } from "../block";
import type { StackJson } from "../stack";
import { isObject, listOf } from "../value";
import { oncePer } from "./once-per";

/** A name that Terraform makes of a prefix ends so. */
const MADE = /[-_.]?[0-9a-f]{26}$/;

/**
 * Whether a policy is a boundary by its name: `app-boundary`, `boundary-app`, `DeveloperPermissionsBoundary`. Stacks that attach a policy
 * of another one know its name alone.
 */
export function isBoundaryName(name: string): boolean {
  return /^permissions?[-_.]?boundary|^boundary|boundary$/i.test(name.replace(MADE, "").replace(/[-_.]+$/, ""));
}

/** Whether a policy of the stack is a boundary by its name, is used as one, and is not attached as well */
export function isNamedAsBoundary({ address }: Block, stack: StackJson): boolean {
  return boundariesOf(stack).has(address);
}

/** The policies of the stack that a value means: by a reference, or by an ARN that ends with path and name */
export function policiesMeant(value: unknown, stack: StackJson): readonly Block[] {
  const referred = stack.referred(value);
  if (referred !== undefined) return referred.block.address.startsWith("aws_iam_policy.") ? [referred.block] : [];
  return typeof value === "string" ? endsOf(value).flatMap((end) => policiesByEnd(stack).get(end) ?? []) : [];
}

/** Whether a role, a user or a permission set of the stack names a policy as its boundary, or it is the agents' */
export function isUsedAsBoundary({ address }: Block, stack: StackJson): boolean {
  return usedIn(stack).has(address);
}

const usedIn = oncePer((stack: StackJson): ReadonlyMap<string, Block> => {
  // Roles of a fleet name few boundaries.
  const written = new Set([...stack.of("aws_iam_role"), ...stack.of("aws_iam_user")].map(boundaryIn));
  const named = [...written].flatMap((boundary) => policiesMeant(boundary, stack));
  const own = stack.of("aws_iam_policy").filter(isAmbitBoundary);
  return new Map([...named, ...ofPermissionSets(stack), ...own].map((each) => [each.address, each]));
});

const boundariesOf = oncePer((stack: StackJson): ReadonlySet<string> => {
  const used = [...usedIn(stack).values()].filter(({ body }) => isBoundaryName(nameIn(body)));
  const attached = new Set(used.length === 0 ? [] : attachedPoliciesIn(stack));
  return new Set(used.flatMap(({ address }) => (attached.has(address) ? [] : [address])));
});

function boundaryIn({ body }: Block): unknown {
  return body["permissions_boundary"];
}

/** Boundaries of permission sets, which name a policy by path and name */
function ofPermissionSets(stack: StackJson): readonly Block[] {
  return stack
    .of("aws_ssoadmin_permissions_boundary_attachment")
    .flatMap(({ body }) => listOf(body["permissions_boundary"]))
    .flatMap((each) => (isObject(each) ? listOf(each["customer_managed_policy_reference"]) : []))
    .flatMap((each) => {
      if (!isObject(each)) return [];
      const { name, path = "/" } = each;
      const referred = stack.referred(name)?.block;
      return referred === undefined ? (policiesByEnd(stack).get(String(path) + String(name)) ?? []) : [referred];
    });
}

function nameIn({ name, name_prefix: prefix }: Block["body"]): string {
  const written = name ?? prefix;
  return typeof written === "string" ? written : "";
}

/** Policies by the end of their ARN: path and name */
const policiesByEnd = oncePer((stack: StackJson): ReadonlyMap<string, readonly Block[]> => {
  const ends = new Map<string, Block[]>();
  for (const block of stack.of("aws_iam_policy")) {
    const { path = "/", name } = block.body;
    if (typeof path !== "string" || typeof name !== "string") continue;
    const known = ends.get(path + name);
    if (known === undefined) ends.set(path + name, [block]);
    else known.push(block);
  }
  return ends;
});

/** What stands behind each `:policy` of an ARN */
function endsOf(arn: string): readonly string[] {
  return [...arn.matchAll(/:policy/g)].map(({ index }) => arn.slice(index + ":policy".length));
}

/** Roles name the agents' boundary in other stacks than the one that makes it. */
function isAmbitBoundary({ body: { path, name } }: Block): boolean {
  return path === "/ambit/platform/" && typeof name === "string" && name.endsWith(".agent-boundary");
}

/** The agents' boundary, by its path; the account and the partition may be the caller's */
const OF_AMBIT =
  /^arn:(?:aws[\w-]*|\$\{data\.aws_partition\.\w+\.partition\}):iam::(?:\d{12}|\$\{data\.aws_caller_identity\.\w+\.account_id\}):policy\/ambit\/platform\/[\w+=,.@-]+\.agent-boundary$/;

/** Whether an ARN is that of the agents' boundary, which is judged in the stack that makes it */
export function isArnOfAmbitBoundary(arn: string): boolean {
  return OF_AMBIT.test(arn);
}
