import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { CONTROL_NAMESPACE, KILL_LIST } from "../platform/names";
import { platformOf } from "../platform/scope";

export interface KillListProps {
  /** What must be there before: the control namespace */
  readonly after: readonly ITerraformDependable[];
}

/**
 * The names of killed agents, whose pods admission refuses.
 *
 * Terraform makes it once and leaves its data alone, so that no deploy lifts a kill. Until it exists, admission refuses
 * the pods of every agent.
 */
export class KillList extends Construct {
  /** What must be there before it is written */
  public readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: KillListProps) {
    super(scope, id);
    const list = new ConfigMapV1(this, "Resource", {
      metadata: { name: KILL_LIST, namespace: CONTROL_NAMESPACE },
      dependsOn: [...props.after],
      lifecycle: { ignoreChanges: ["data"], preventDestroy: platformOf(this).protectData },
    });
    this.ready = [list];
  }
}
