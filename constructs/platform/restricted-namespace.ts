import { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
import { Construct } from "constructs";
import { LABELS } from "./names";

export interface RestrictedNamespaceProps {
  readonly name: string;
}

/** A namespace whose pods must satisfy the restricted pod security standard. */
export class RestrictedNamespace extends Construct {
  constructor(scope: Construct, id: string, props: RestrictedNamespaceProps) {
    super(scope, id);
    const level = (mode: string) => [`pod-security.kubernetes.io/${mode}`, "restricted"] as const;
    new NamespaceV1(this, "Resource", {
      metadata: {
        name: props.name,
        // On the namespace itself: a label that came later would leave a gap in which anything may start.
        labels: { [LABELS.managed]: "true", ...Object.fromEntries(["enforce", "audit", "warn"].map(level)) },
      },
    });
  }
}
