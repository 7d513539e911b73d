import { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { Construct } from "constructs";
import { LABELS } from "./names";

export interface RestrictedNamespaceProps {
  readonly name: string;
}

/** A namespace whose pods must satisfy the restricted pod security standard, and reach nothing until a policy says so. */
export class RestrictedNamespace extends Construct {
  constructor(scope: Construct, id: string, props: RestrictedNamespaceProps) {
    super(scope, id);
    const level = (mode: string) => [`pod-security.kubernetes.io/${mode}`, "restricted"] as const;
    const namespace = new NamespaceV1(this, "Resource", {
      metadata: {
        name: props.name,
        // On the namespace itself: a label that came later would leave a gap in which anything may start.
        labels: { [LABELS.managed]: "true", ...Object.fromEntries(["enforce", "audit", "warn"].map(level)) },
      },
    });
    new NetworkPolicyV1(this, "DefaultDeny", {
      metadata: { name: "default-deny", namespace: props.name },
      spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
      dependsOn: [namespace],
    });
  }
}
