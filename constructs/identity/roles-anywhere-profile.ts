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
      name: props.role.roleName,
      roleArns: [props.role.roleArn],
      durationSeconds: LIMITS.federatedSession.seconds,
      enabled: props.enabled,
    });
  }
}
