import { allOf } from "../../../iam";
import { lastPart } from "../../../iam/sets/last-part";
import type { Estate, Resource } from "../../read/resource";
import type { AwsLayer } from "./layer";
import type { PolicyTexts } from "./policy-texts";

/** Account and name; the account may be a reference, which may hold colons. */
const ROLE = /^arn:(?:\$\{[^}]*\}|[^:$])*:iam::((?:\$\{[^}]*\}|[^:$])*):(role\/.+)$/;

export interface RoleName {
  readonly account: string;
  readonly name: string;
}

/** Undefined where the ARN is not known yet */
export function roleName(arn: string): RoleName | undefined {
  const [, account, rest] = ROLE.exec(arn) ?? [];
  const name = rest === undefined ? "" : lastPart(rest);
  return account === undefined || name === "" ? undefined : { account, name };
}

/** A reference to an account that is not known may be any account. */
export function mayBeSame(account: string, other: string | undefined): boolean {
  return account === other || other === undefined || [account, other].some((one) => one.includes("${") || one === "*");
}

export function arnOf(role: Resource, estate: Estate): string {
  const arn = estate.attribute(role, "arn");
  return typeof arn === "string" ? arn : `arn:aws:iam::*:role/${role.name}`;
}

/**
 * Sessions of the role alone, with the condition keys that AWS sets for each: grants and denies of others depend on them.
 *
 * Source: IAM user guide, reference_policies_condition-keys, aws:PrincipalArn, aws:PrincipalAccount and
 * aws:PrincipalIsAWSService.
 */
export function whoAsks(role: Resource, estate: Estate, texts: PolicyTexts): AwsLayer {
  const arn = arnOf(role, estate);
  const account = roleName(arn)?.account;
  const statement = texts.one({
    Effect: "Allow",
    Principal: { AWS: arn },
    Action: "*",
    Resource: "*",
    Condition: allOf(
      { StringEquals: { "aws:PrincipalArn": arn } },
      ...(account === undefined || account === "*" ? [] : [{ StringEquals: { "aws:PrincipalAccount": account } }]),
      { Bool: { "aws:PrincipalIsAWSService": "false" } },
    ),
  });
  return { name: "asker", statements: [{ statement, source: role.address }] };
}
