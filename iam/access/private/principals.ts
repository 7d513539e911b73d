import { arnParts, type ArnParts } from "../../arn";
import { list } from "../../private/values";
import { lastPart } from "../../sets/last-part";
import { literalPattern } from "../../sets/literal-pattern";
import type { Principal } from "../../statement";

const ANY = "*";

const ACCOUNT = /^(?:\d{12}|\$\{[^}]*\.account_id\})$/;

/**
 * Patterns of the principals of a request, such as `AWS:arn:…`, that `principal` names.
 *
 * An account, by number or root, is all its principals; a role is its sessions too.
 *
 * Source: IAM user guide, reference_policies_elements_principal.
 */
export function principalPatterns(principal: Principal): readonly string[] {
  return named(principal).flatMap(([type, name]) => {
    if (type !== "AWS") return literal(type, name);
    if (name === ANY) return ANY;
    const arn = iamArn(name);
    if (arn === undefined) return literal(type, name);
    const { partition, account, resource } = arn;
    if (resource === "root") {
      const among = partition === ANY ? partition : literalPattern(partition);
      return ["iam", "sts"].map((service) => `AWS:arn:${among}:${service}::${literalPattern(account)}:*`);
    }
    const sessions = sessionsOf(arn);
    return sessions === undefined ? literal(type, name) : [literal(type, name), `AWS:${literalPattern(sessions)}/*`];
  });
}

/**
 * Principals of requests, one at least of each kind that policies which name `principals` can tell apart.
 *
 * A principal that no policy names counts as an anonymous caller: only `*` matches it.
 */
export function principalExamples(principals: readonly Principal[]): readonly string[] {
  const names = principals.flatMap(named);
  const role = unknownRole(new Set(names.map(([, name]) => name)));
  const examples = names.flatMap(([type, name]) => {
    if (name === ANY) return [];
    const arn = type === "AWS" ? iamArn(name) : undefined;
    if (arn?.resource === "root") {
      return `AWS:arn:${arn.partition === ANY ? "aws" : arn.partition}:iam::${arn.account}:${role}`;
    }
    const sessions = arn && sessionsOf(arn);
    return [`${type}:${name}`, ...(sessions === undefined ? [] : [`AWS:${sessions}/session`])];
  });
  return [...new Set([...examples, ANY])];
}

function named(principal: Principal): readonly (readonly [type: string, name: string])[] {
  if (principal === ANY) return [["AWS", ANY]];
  return Object.entries(principal).flatMap(([type, names]) => list(names).map((name) => [type, name] as const));
}

type IamArn = Pick<ArnParts, "account" | "partition" | "resource">;

function iamArn(name: string): IamArn | undefined {
  // An account number leaves out the partition, which is that of the policy.
  if (ACCOUNT.test(name)) return { partition: ANY, account: name, resource: "root" };
  const parts = arnParts(name);
  return parts?.service === "iam" && parts.region === "" ? parts : undefined;
}

/** The ARN of a role's sessions without their name and without the role's path; undefined: no role. */
function sessionsOf({ partition, account, resource }: IamArn): string | undefined {
  if (!resource.startsWith("role/")) return undefined;
  return `arn:${partition}:sts::${account}:assumed-role/${lastPart(resource)}`;
}

function unknownRole(known: ReadonlySet<string>): string {
  let role = "role/any";
  while ([...known].some((name) => name.endsWith(`:${role}`))) role += "-other";
  return role;
}

/** IAM takes no wildcard in the name of a principal. */
function literal(type: string, name: string): string {
  return `${type}:${literalPattern(name)}`;
}
