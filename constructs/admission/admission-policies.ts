import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { narrowSubjects, type Principals } from "../platform/cluster-checks";
import { KILL_SWITCH_GROUP } from "../platform/names";
import { platformOf } from "../platform/scope";
import { declaredPolicies } from "./declared-policies";
import { bindingManifest, type Policy, policyManifest } from "./private/policy";

export interface AdmissionPoliciesProps {
  /**
   * Kubernetes users and groups that may write the list of killed agents, besides the platform's deployers.
   *
   * @default - none
   */
  readonly killers?: { readonly users?: readonly string[]; readonly groups?: readonly string[] };
}

/**
 * What the API server refuses, so that no pod or user gets an identity that was not assigned to it: one
 * ValidatingAdmissionPolicy and its binding per rule. Cluster administrators are not exempt.
 *
 * No policy contains the fleet: ConfigMaps say which service account belongs to which agent, and which agents are
 * killed. The API server does not apply admission policies to policies, their bindings and webhooks. RBAC must
 * therefore reserve those for deployers, together with the rights to impersonate, to sign client certificates and to
 * use `nodes/proxy`. Admission does not see reads, such as reads of logs.
 */
export class AdmissionPolicies extends Construct {
  /** What must be done before the policies hold */
  public readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: AdmissionPoliciesProps = {}) {
    super(scope, id);
    const { deployers, hostPathNamespaces, hasKillSwitch } = platformOf(this);
    const named = killersOf(props, `[${this.node.path}]`);
    const killers = hasKillSwitch ? { ...named, groups: [...named.groups, KILL_SWITCH_GROUP].sort() } : named;
    this.ready = declaredPolicies({ deployers, killers, hostPathNamespaces }).map((policy) => this.write(policy));
  }

  private write(policy: Policy): ITerraformDependable {
    const resource = new Manifest(this, policy.name, { manifest: { ...policyManifest(policy) } });
    const manifest = { ...bindingManifest(policy) };
    return new Manifest(this, `${policy.name}-binding`, { manifest, dependsOn: [resource] });
  }
}

function killersOf({ killers: { users = [], groups = [] } = {} }: AdmissionPoliciesProps, where: string): Principals {
  return narrowSubjects({ users, groups }, where, "killers", "name the users or groups of the kill switch");
}
