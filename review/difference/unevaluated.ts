import type { Changes, ChangesByPrincipal } from "../change";
import type { Estate, Resource } from "../read/resource";

/** What AWS's policies are compared for */
const EVALUATED = new Set([
  "aws_dynamodb_resource_policy",
  "aws_iam_policy",
  "aws_iam_policy_attachment",
  "aws_iam_role",
  "aws_iam_role_policy",
  "aws_iam_role_policy_attachment",
  "aws_kms_key",
  "aws_kms_key_policy",
  "aws_lambda_permission",
  "aws_s3_bucket_policy",
  "aws_secretsmanager_secret",
  "aws_secretsmanager_secret_policy",
  "aws_sns_topic",
  "aws_sns_topic_policy",
  "aws_sqs_queue",
  "aws_sqs_queue_policy",
]);

/** Says by itself who gets in, or what holds back */
const ACCESS =
  /^aws_(?:iam|organizations|ssoadmin|identitystore|rolesanywhere|lakeformation|ram|cognito_identity)_|^aws_eks_(?:access|pod_identity|identity)|public_access_block$|^aws_s3(?:control)?_(?:access_point|bucket_acl|bucket_ownership)|^aws_kms_grant$|^aws_vpc_endpoint/;
const POLICY = /policy|policies/;

/**
 * Whatever says who may do what in AWS and is not compared by what it allows: it is unknown once its text is another.
 *
 * The same text at another address is no change.
 */
export function unevaluatedChanges(base: Estate, head: Estate): ChangesByPrincipal {
  const [before, after] = [textsIn(base), textsIn(head)];
  return new Map([
    ...unmatched(after, before).map((resource) => noted(resource, "it is new, or another")),
    ...unmatched(before, after)
      .filter(({ address }) => head.at(address) === undefined)
      .map((resource) => noted(resource, "it is gone")),
  ]);
}

function noted({ address, type }: Resource, how: string): readonly [string, Changes] {
  const why = `${how}, and what a resource of this type allows is not compared: read it`;
  return [address, { gains: [], losses: [], unknown: [{ what: type, why, source: { address } }] }];
}

function textsIn(estate: Estate): ReadonlyMap<string, readonly Resource[]> {
  const texts = new Map<string, Resource[]>();
  for (const resource of estate.resources.filter(isAccess)) {
    const text = JSON.stringify([resource.type, resource.values, resource.repeats]);
    const known = texts.get(text);
    if (known === undefined) texts.set(text, [resource]);
    else known.push(resource);
  }
  return texts;
}

function isAccess({ type, mode, values }: Resource): boolean {
  if (mode !== "managed" || !type.startsWith("aws_") || EVALUATED.has(type)) return false;
  return ACCESS.test(type) || Object.keys(values).some((key) => POLICY.test(key) && values[key] !== null);
}

/** Those of `some` for which there is none of equal text in `others` */
function unmatched(
  some: ReadonlyMap<string, readonly Resource[]>,
  others: ReadonlyMap<string, readonly Resource[]>,
): readonly Resource[] {
  return [...some].flatMap(([text, resources]) => resources.slice(others.get(text)?.length ?? 0));
}
