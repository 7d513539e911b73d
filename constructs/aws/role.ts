import type { DataAwsIamRole } from "@cdktf/provider-aws/lib/data-aws-iam-role";
import type { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { Kind } from "./kind";

export const ROLE = new Kind({
  what: "a role of IAM",
  service: "iam",
  place: "account",
  // Of a path, what IAM takes, but for wildcards (IAM CreateRole, Path).
  resource: /^role\/([\x21-\x29\x2b-\x3e\x40-\x7e]+\/)?[A-Za-z0-9_+=,.@-]{1,64}$/,
  example: "arn:aws:iam::111122223333:role/on-call",
  attribute: "roleArn",
  resources: { aws_iam_role: "arn" },
});

/** A role of IAM: `ExchangeRole` and the other roles of Ambit, and `Role.fromRoleArn` */
export interface IRole {
  readonly roleArn: string;
}

/** A role of IAM, as a construct of Ambit or of the provider, or its ARN */
export type RoleInput = IRole | DataAwsIamRole | IamRole | string;

/** A role of IAM that is made elsewhere */
export class Role implements IRole {
  private constructor(public readonly roleArn: string) {}

  /**
   * A role by its ARN.
   *
   * @param roleArn may be a reference, known after apply
   * @throws DeclarationError `arn.malformed`
   */
  public static fromRoleArn(roleArn: string): Role {
    return new Role(ROLE.checked(roleArn, { property: "roleArn", where: "role", code: "arn.malformed" }));
  }
}
