import type { Construct } from "constructs";
import { AmbitStack, type AmbitStackProps } from "../constructs/platform/ambit-stack";
import { RestrictedNamespace } from "../constructs/platform/restricted-namespace";

/** Where identities come from: the namespaces whose pods may get one. */
export class SpireStack extends AmbitStack {
  constructor(scope: Construct, id: string, props: AmbitStackProps) {
    super(scope, id, props);
    this.useKubernetes();
    for (const name of namespacesOf(props)) new RestrictedNamespace(this, `Namespace-${name}`, { name });
  }
}

function namespacesOf({ fleet }: AmbitStackProps): readonly string[] {
  return [...new Set(fleet.agents.map((agent) => agent.namespace))].sort();
}
