import { allOf, type Principal, type Statement, valuesOf } from "../../../iam";
import { type Estate, type Resource, resourcesOf } from "../../read/resource";
import type { PoliciesRead } from "./layer";
import type { PolicyTexts } from "./policy-texts";

/** The policy of one resource, with the resource's own name in place of `*` */
export interface ResourcePolicy extends PoliciesRead {
  /** Equal in two estates for the same resource */
  readonly key: string;
  readonly type: string;
  /** ARNs of the resource and its contents, as statements name them; empty if unknown */
  readonly named: readonly string[];
  readonly address: string;
}

/** Attributes with resource policies, and the attribute that names the resource; `arn` is the resource's own. */
const KINDS: readonly { readonly type: string; readonly attribute: string; readonly of: string }[] = [
  { type: "aws_s3_bucket_policy", attribute: "policy", of: "bucket" },
  { type: "aws_kms_key", attribute: "policy", of: "arn" },
  { type: "aws_kms_key_policy", attribute: "policy", of: "key_id" },
  { type: "aws_sqs_queue", attribute: "policy", of: "arn" },
  { type: "aws_sqs_queue_policy", attribute: "policy", of: "queue_url" },
  { type: "aws_sns_topic", attribute: "policy", of: "arn" },
  { type: "aws_sns_topic_policy", attribute: "policy", of: "arn" },
  { type: "aws_secretsmanager_secret", attribute: "policy", of: "arn" },
  { type: "aws_secretsmanager_secret_policy", attribute: "policy", of: "secret_arn" },
  { type: "aws_dynamodb_resource_policy", attribute: "policy", of: "resource_arn" },
];

export function resourcePolicies(estate: Estate, texts: PolicyTexts): readonly ResourcePolicy[] {
  const buckets = arnsBy(estate, "aws_s3_bucket", "bucket");
  const functions = arnsBy(estate, "aws_lambda_function", "function_name");
  const written = KINDS.flatMap(({ type, attribute, of }) =>
    resourcesOf(estate, type)
      .filter(({ values }) => values[attribute] !== undefined && values[attribute] !== null)
      .map((resource) => {
        const named = namesOf(type, nameIn(resource, of, estate), buckets);
        const { statements, unknown } = texts.in(resource, attribute, estate);
        return {
          key: `${type} ${named[0] ?? resource.address}`,
          type,
          named,
          address: resource.address,
          statements: statements.map(({ statement, source }) => ({
            statement: texts.one(onItself(statement, named)),
            source,
          })),
          unknown,
        };
      }),
  );
  return [
    ...written,
    ...resourcesOf(estate, "aws_lambda_permission").map((resource) => permission(resource, functions, texts)),
  ];
}

type ArnsByName = ReadonlyMap<string, string>;

/** The first resource of each name */
function arnsBy(estate: Estate, type: string, attribute: string): ArnsByName {
  const arns = new Map<string, string>();
  for (const resource of resourcesOf(estate, type)) {
    const [name, arn] = [estate.attribute(resource, attribute), estate.attribute(resource, "arn")];
    if (typeof name === "string" && typeof arn === "string" && !arns.has(name)) arns.set(name, arn);
  }
  return arns;
}

function nameIn(resource: Resource, attribute: string, estate: Estate): string | undefined {
  const name = resource.values[attribute] ?? estate.attribute(resource, attribute);
  return typeof name === "string" ? name : undefined;
}

/** ARNs of the resource and its contents */
function namesOf(type: string, name: string | undefined, buckets: ArnsByName): readonly string[] {
  if (name === undefined) return [];
  if (type === "aws_kms_key_policy") return [keyArn(name)];
  if (type !== "aws_s3_bucket_policy") return [name];
  const called = buckets.get(name) ?? `arn:aws:s3:::${name}`;
  return [called, `${called}/*`];
}

/** Statements name a key by ARN if it is a reference, and anywhere by its ID if it is a literal. */
export function keyArn(named: string): string {
  if (named.startsWith("arn:") || named.includes("${")) return named.replace(/\.(?:key_)?id\}$/, ".arn}");
  return `arn:*:kms:*:*:key/${named}`;
}

/** In its own policy, `*` is the resource itself. */
function onItself(statement: Statement, named: readonly string[]): Statement {
  if (named.length === 0 || statement.Resource === undefined) return statement;
  const resources = valuesOf(statement.Resource);
  if (!resources.includes("*")) return statement;
  return { ...statement, Resource: [...resources.filter((one) => one !== "*"), ...named] };
}

/** Arguments that narrow a permission, and the keys that they test. Source: API reference of Lambda, AddPermission */
const PERMISSION_TESTS = {
  source_arn: ["ArnLike", "aws:SourceArn"],
  source_account: ["StringEquals", "aws:SourceAccount"],
  principal_org_id: ["StringEquals", "aws:PrincipalOrgID"],
  function_url_auth_type: ["StringEquals", "lambda:FunctionUrlAuthType"],
  event_source_token: ["StringEquals", "lambda:EventSourceToken"],
} as const;

/** `lambda:AddPermission` as a statement. Source: AWS provider, aws_lambda_permission */
function permission(resource: Resource, functions: ArnsByName, texts: PolicyTexts): ResourcePolicy {
  const { action, principal, function_name: called } = resource.values;
  const { type, address } = resource;
  const policy = { key: `aws_lambda_permission ${String(called)}`, type, named: [], address };
  if (typeof action !== "string" || typeof principal !== "string" || typeof called !== "string") {
    const why = "action, principal and function_name must be texts";
    return { ...policy, statements: [], unknown: [{ what: "a permission of a function", why, source: { address } }] };
  }
  const tests = Object.entries(PERMISSION_TESTS).flatMap(([argument, [operator, key]]) => {
    const value = resource.values[argument];
    return typeof value === "string" ? [{ [operator]: { [key]: value } }] : [];
  });
  const statement = texts.one({
    Effect: "Allow",
    Principal: principalOf(principal),
    Action: action,
    Resource: functionArn(called, functions),
    ...(tests.length > 0 && { Condition: allOf(...tests) }),
  });
  return { ...policy, statements: [{ statement, source: address }], unknown: [] };
}

function principalOf(principal: string): Principal {
  if (principal === "*") return "*";
  return /^(?:\d{12}$|arn:)/.test(principal) ? { AWS: principal } : { Service: principal };
}

/** By name, the function of that name in any account */
function functionArn(called: string, functions: ArnsByName): string {
  if (called.startsWith("arn:") || called.startsWith("${")) return called;
  return functions.get(called) ?? `arn:aws:lambda:*:*:function:${called}`;
}
