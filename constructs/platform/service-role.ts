import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import type { Construct } from "constructs";
import type { PolicyDocument } from "../../iam";
import { serviceAccountTrust } from "./irsa";
import { PLATFORM_PATH } from "./names";
import { platformOf } from "./scope";

/** The shortest maximum that IAM takes for a role's sessions (IAM CreateRole) */
const SESSION_SECONDS = 3600;

export interface ServiceRoleProps {
  /**
   * Id of the role in its scope: part of its address, so it stays.
   *
   * @default "Resource"
   */
  readonly id?: string;
  readonly name: string;
  readonly description: string;
  /**
   * Service account of the cluster that may assume the role.
   *
   * @default - none: `trust` names the principals
   */
  readonly account?: { readonly namespace: string; readonly name: string };
  /**
   * Trust policy in place of `account`.
   *
   * @default - the account's
   */
  readonly trust?: PolicyDocument;
  /** Name of its only policy */
  readonly policyName: string;
  readonly access: PolicyDocument;
}

/** A role of a component of the platform, and its one policy. */
export function serviceRole(scope: Construct, props: ServiceRoleProps): { role: IamRole; access: IamRolePolicy } {
  const { name, description, account } = props;
  const trust = props.trust ?? (account && serviceAccountTrust(platformOf(scope), account.namespace, account.name));
  if (trust === undefined) throw new Error(`role ${name} must name who may take it`);
  const role = new IamRole(scope, props.id ?? "Resource", {
    name,
    path: PLATFORM_PATH,
    description,
    assumeRolePolicy: trust.toTerraform(),
    maxSessionDuration: SESSION_SECONDS,
  });
  const policy = props.access.toTerraform();
  return { role, access: new IamRolePolicy(scope, "Access", { role: role.name, name: props.policyName, policy }) };
}
