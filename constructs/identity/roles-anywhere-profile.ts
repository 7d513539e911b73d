import { RolesanywhereProfile } from "@cdktf/provider-aws/lib/rolesanywhere-profile";
import { Construct } from "constructs";
import { LIMITS } from "../../domain";

export interface RolesAnywhereProfileProps {
  readonly role: { readonly roleName: string; readonly roleArn: string };
  /** Off for a suspended agent: it then gets no session */
  readonly enabled: boolean;
}

/** The one profile through which a federated agent asks IAM Roles Anywhere for its one role. */
export class RolesAnywhereProfile extends Construct {
  constructor(scope: Construct, id: string, props: RolesAnywhereProfileProps) {
    super(scope, id);
    new RolesanywhereProfile(this, "Resource", {
      // A profile's name takes no dot (Roles Anywhere API, ResourceName); no part of the role's name has an underscore.
      name: props.role.roleName.replaceAll(".", "_"),
      roleArns: [props.role.roleArn],
      durationSeconds: LIMITS.federatedSession.seconds,
      enabled: props.enabled,
    });
  }
}
