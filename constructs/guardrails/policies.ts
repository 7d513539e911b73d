import { parsePolicy, type Statement } from "../../iam";
import type { Json } from "../../domain";
import type { Block } from "./block";
import { checkPatterns } from "./private/known-patterns";
import { statementsOf } from "./private/statement-blocks";
import { attachedPoliciesIn } from "./managed-policies";
import type { StackJson } from "./stack";
import { blocksOf, isObject, isReference, UndecidedValue } from "./value";

/**
 * What a policy does: it allows its principal (`identity`), says who becomes a role (`trust`), who reaches a resource (`resource`), what
 * passes an endpoint (`endpoint`), or bounds others (`boundary`).
 */
export type PolicyKind = "identity" | "trust" | "resource" | "endpoint" | "boundary";

export interface WrittenPolicy {
  readonly kind: PolicyKind;
  /** Attribute in which it is written, such as `policy` or `inline_policy[0].policy` */
  readonly at: string;
  readonly statements: readonly Statement[];
}

/** Where each type of resource has its policy. Types that are not here have none that a rule reads. */
const POLICIES: Readonly<Record<string, Readonly<Record<string, PolicyKind>>>> = {
  aws_iam_policy: { policy: "identity" },
  aws_iam_role_policy: { policy: "identity" },
  aws_iam_user_policy: { policy: "identity" },
  aws_iam_group_policy: { policy: "identity" },
  aws_iam_role: { assume_role_policy: "trust" },
  aws_ssoadmin_permission_set_inline_policy: { inline_policy: "identity" },
  aws_s3_bucket: { policy: "resource" },
  aws_s3_bucket_policy: { policy: "resource" },
  aws_s3_access_point: { policy: "resource" },
  aws_sqs_queue: { policy: "resource" },
  aws_sqs_queue_policy: { policy: "resource" },
  aws_sns_topic: { policy: "resource" },
  aws_sns_topic_policy: { policy: "resource" },
  aws_kms_key: { policy: "resource" },
  aws_kms_key_policy: { policy: "resource" },
  aws_secretsmanager_secret: { policy: "resource" },
  aws_secretsmanager_secret_policy: { policy: "resource" },
  aws_dynamodb_resource_policy: { policy: "resource" },
  aws_ecr_repository_policy: { policy: "resource" },
  aws_cloudwatch_event_bus_policy: { policy: "resource" },
  aws_cloudwatch_log_resource_policy: { policy_document: "resource" },
  aws_ecr_registry_policy: { policy: "resource" },
  aws_efs_file_system_policy: { policy: "resource" },
  aws_backup_vault_policy: { policy: "resource" },
  aws_vpc_endpoint: { policy: "endpoint" },
  aws_vpc_endpoint_policy: { policy: "endpoint" },
};

/** Types with a policy of one of these kinds: what a rule about policies looks at */
export function typesWith(...kinds: readonly PolicyKind[]): readonly string[] {
  // A boundary is an identity policy that roles name.
  const wanted = new Set<PolicyKind>(kinds.flatMap((kind) => (kind === "boundary" ? ["identity", kind] : [kind])));
  return Object.entries(POLICIES).flatMap(([type, attributes]) =>
    Object.values(attributes).some((kind) => wanted.has(kind)) || (type === "aws_iam_role" && wanted.has("identity"))
      ? [type]
      : [],
  );
}

/** What the policies of a block are, and the first that cannot be read */
interface Reading {
  readonly policies: readonly WrittenPolicy[];
  readonly undecided?: UndecidedValue;
}

const READ = new WeakMap<StackJson, Map<Block, Reading>>();
const PARSED = new WeakMap<StackJson, Map<string, readonly Statement[]>>();

/** The policies of a block. @throws UndecidedValue for one that is known at apply only, or that IAM would not take */
export function policiesOf(block: Block, stack: StackJson): readonly WrittenPolicy[] {
  const { policies, undecided } = readingOf(block, stack);
  if (undecided !== undefined) throw undecided;
  return policies;
}

/** The policies of a block that can be read. The others are one finding, of the rule `AMBIT-IAM-POLICY-UNREADABLE`. */
export function readablePoliciesOf(block: Block, stack: StackJson): readonly WrittenPolicy[] {
  return readingOf(block, stack).policies;
}

function readingOf(block: Block, stack: StackJson): Reading {
  // Blocks do not change, and each rule about policies asks anew.
  const known = READ.get(stack) ?? new Map<Block, Reading>();
  READ.set(stack, known);
  const before = known.get(block);
  if (before !== undefined) return before;
  const policies: WrittenPolicy[] = [];
  let undecided: UndecidedValue | undefined;
  for (const part of [attributePolicies, inlinePolicies]) {
    try {
      for (const policy of part(block, stack)) policies.push(policy);
    } catch (error) {
      if (!(error instanceof UndecidedValue)) throw error;
      undecided ??= error;
    }
  }
  const reading = { policies, ...(undecided !== undefined && { undecided }) };
  known.set(block, reading);
  return reading;
}

function* attributePolicies(block: Block, stack: StackJson): Generator<WrittenPolicy> {
  for (const [attribute, kind] of Object.entries(POLICIES[block.mode === "resource" ? block.type : ""] ?? {})) {
    const written = block.body[attribute] ?? null;
    if (written === null) continue;
    const isBoundary = kind === "identity" && block.type === "aws_iam_policy" && boundariesOf(stack).has(block.address);
    yield { kind: isBoundary ? "boundary" : kind, at: attribute, statements: read(written, attribute, block, stack) };
  }
}

function* inlinePolicies(block: Block, stack: StackJson): Generator<WrittenPolicy> {
  if (block.type !== "aws_iam_role" || block.mode !== "resource") return;
  for (const [index, inline] of blocksOf(block.body, "inline_policy").entries()) {
    const at = `inline_policy[${index}].policy`;
    if ((inline["policy"] ?? null) === null) continue;
    yield { kind: "identity", at, statements: read(inline["policy"] as Json, at, block, stack) };
  }
}

function read(written: Json, at: string, block: Block, stack: StackJson): readonly Statement[] {
  const statements = statementsIn(written, at, block, stack);
  checkPatterns(statements, at);
  return statements;
}

function statementsIn(written: Json, at: string, block: Block, stack: StackJson): readonly Statement[] {
  if (isObject(written)) throw new UndecidedValue(at, written, `${at} must be a text of JSON`);
  if (typeof written !== "string") throw new UndecidedValue(at, written, `${at} must be a text of JSON`);
  const referred = stack.referred(written);
  if (referred?.block.address.startsWith("data.aws_iam_policy_document.") === true && referred.attribute === "json") {
    return statementsOf(referred.block.body, at);
  }
  const text = isWholeReference(written) ? stack.evaluate(block, at) : written;
  if (text === undefined) throw new UndecidedValue(at, written, `${at} is known at apply only`);
  return parsed(text, at, stack);
}

function isWholeReference(text: string): boolean {
  return isReference(text) && /^\s*\$\{/.test(text);
}

/** Many roles and keys have the same text, which is parsed once. */
function parsed(text: string, at: string, stack: StackJson): readonly Statement[] {
  const known = PARSED.get(stack) ?? new Map<string, readonly Statement[]>();
  PARSED.set(stack, known);
  const before = known.get(text);
  if (before !== undefined) return before;
  try {
    const { statements } = parsePolicy(text, { from: "terraform" });
    known.set(text, statements);
    return statements;
  } catch (error) {
    throw new UndecidedValue(at, text, `${at} cannot be read: ${(error as Error).message}`);
  }
}

const BOUNDARIES = new WeakMap<StackJson, ReadonlySet<string>>();

/** Addresses of the policies that a role or user of the stack names as its boundary, or that Ambit makes as one */
function boundariesOf(stack: StackJson): ReadonlySet<string> {
  const known = BOUNDARIES.get(stack);
  if (known !== undefined) return known;
  // Roles of a fleet name few boundaries.
  const written = new Set(
    [...stack.of("aws_iam_role"), ...stack.of("aws_iam_user")].map(({ body }) => body["permissions_boundary"]),
  );
  const byEnd = policiesByEnd(stack);
  const named = [...written].flatMap((boundary) => {
    const referred = stack.referred(boundary);
    if (referred !== undefined) return [referred.block.address];
    // Written as an ARN: the policy of this name, where the stack has it.
    return typeof boundary === "string" ? endsOf(boundary).flatMap((end) => byEnd.get(end) ?? []) : [];
  });
  const own = stack.of("aws_iam_policy").flatMap(({ address, body }) => (isAmbitBoundary(body) ? [address] : []));
  // A policy that is attached gives what it allows, and bounds besides.
  const attached = new Set(attachedPoliciesIn(stack));
  const boundaries = new Set([...named, ...own].filter((address) => !attached.has(address)));
  BOUNDARIES.set(stack, boundaries);
  return boundaries;
}

/** Addresses of policies by the end of their ARN: path and name */
function policiesByEnd(stack: StackJson): ReadonlyMap<string, readonly string[]> {
  const ends = new Map<string, string[]>();
  for (const { address, body } of stack.of("aws_iam_policy")) {
    const { path = "/", name } = body;
    if (typeof path !== "string" || typeof name !== "string") continue;
    const known = ends.get(path + name);
    if (known === undefined) ends.set(path + name, [address]);
    else known.push(address);
  }
  return ends;
}

/** What stands behind each `:policy` of an ARN */
function endsOf(arn: string): readonly string[] {
  return [...arn.matchAll(/:policy/g)].map(({ index }) => arn.slice(index + ":policy".length));
}

/** Roles name the agents' boundary in other stacks than the one that makes it. */
function isAmbitBoundary({ path, name }: { readonly [key: string]: unknown }): boolean {
  return path === "/ambit/platform/" && typeof name === "string" && name.endsWith(".agent-boundary");
}
