import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { SPIRE_NAMESPACE } from "../platform/names";
import { PrivilegedNamespace, RestrictedNamespace } from "../platform/namespace";

export interface SpireNamespacesProps {
  /**
   * What must be done before.
   *
   * @default - nothing
   */
  readonly after?: readonly ITerraformDependable[];
}

/** SPIRE's two namespaces: what decides runs restricted, and what must reach into the node runs apart from it. */
export class SpireNamespaces extends Construct {
  public readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { after = [] }: SpireNamespacesProps = {}) {
    super(scope, id);
    const { server, system } = SPIRE_NAMESPACE;
    this.ready = [
      ...new RestrictedNamespace(this, "Server", { name: server, purpose: "platform", after }).ready,
      ...new PrivilegedNamespace(this, "System", { name: system, purpose: "platform", after }).ready,
    ];
  }
}
