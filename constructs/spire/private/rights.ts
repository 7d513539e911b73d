import { ClusterRoleBindingV1 } from "@cdktf/provider-kubernetes/lib/cluster-role-binding-v1";
import { ClusterRoleV1 } from "@cdktf/provider-kubernetes/lib/cluster-role-v1";
import { RoleBindingV1 } from "@cdktf/provider-kubernetes/lib/role-binding-v1";
import { RoleV1 } from "@cdktf/provider-kubernetes/lib/role-v1";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

export interface Rule {
  readonly apiGroups: string[];
  readonly resources: string[];
  readonly resourceNames?: string[];
  readonly verbs: string[];
}

export interface RightsProps {
  readonly name: string;
  readonly account: { readonly name: string; readonly namespace: string };
  readonly rules: Rule[];
  /**
   * Namespace in which they hold.
   *
   * @default - in the whole cluster
   */
  readonly namespace?: string;
}

const RBAC = "rbac.authorization.k8s.io";

/** RBAC rights of exactly one service account. */
export class Rights extends Construct {
  public readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: RightsProps) {
    super(scope, id);
    const { name, account, rules, namespace } = props;
    const subject = [{ kind: "ServiceAccount", ...account }];
    if (namespace === undefined) {
      const role = new ClusterRoleV1(this, "Role", { metadata: { name }, rule: rules });
      const roleRef = { apiGroup: RBAC, kind: "ClusterRole", name };
      this.ready = [
        new ClusterRoleBindingV1(this, "Binding", { metadata: { name }, roleRef, subject, dependsOn: [role] }),
      ];
    } else {
      const role = new RoleV1(this, "Role", { metadata: { name, namespace }, rule: rules });
      const roleRef = { apiGroup: RBAC, kind: "Role", name };
      this.ready = [
        new RoleBindingV1(this, "Binding", { metadata: { name, namespace }, roleRef, subject, dependsOn: [role] }),
      ];
    }
  }
}
