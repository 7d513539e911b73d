import type { Layer } from "../../../iam/access/access";
import { allOf } from "../../../iam";
import { lastPart } from "../../../iam/sets/last-part";
import type { Estate, Resource } from "../../read/resource";
import type { PolicyTexts } from "./policy-texts";

/** Name of the layer that says who asks, and limits nothing */
export const WHO_ASKS = "who asks";

/** Account and name, whatever stands for the account; a reference may hold colons of its own. */
const ROLE = /^arn:(?:\$\{[^}]*\}|[^:$])*:iam::((?:\$\{[^}]*\}|[^:$])*):(role\/.+)$/;

export interface RoleName {
  readonly account: string;
  readonly name: string;
}

/** Undefined where the ARN is known to nobody yet */
export function roleName(arn: string): RoleName | undefined {
  const [, account, rest] = ROLE.exec(arn) ?? [];
  const name = rest === undefined ? "" : lastPart(rest);
  return account === undefined || name === "" ? undefined : { account, name };
}

/** What stands for an account that nobody knows may be any. */
export function mayBeSame(account: string, other: string | undefined): boolean {
  return account === other || other === undefined || [account, other].some((one) => one.includes("${") || one === "*");
}

export function arnOf(role: Resource, estate: Estate): string {
  const arn = estate.attribute(role, "arn");
  return typeof arn === "string" ? arn : `arn:aws:iam::*:role/${role.name}`;
}

/**
 * Nobody but sessions of the role, with what AWS says of each of them: what others deny or grant depends on it.
 *
 * Source: IAM user guide, reference_policies_condition-keys, aws:PrincipalArn, aws:PrincipalAccount and
 * aws:PrincipalIsAWSService.
 */
export function whoAsks(role: Resource, estate: Estate, texts: PolicyTexts): Layer {
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
  return { name: WHO_ASKS, statements: [{ statement, source: role.address }] };
}
