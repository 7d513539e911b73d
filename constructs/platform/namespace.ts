import { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { LABELS } from "./names";

export interface NamespaceProps {
  readonly name: string;
  /** Who stands in it; admission rules look at it */
  readonly purpose: "agents" | "platform";
  /**
   * What must be done before.
   *
   * @default - nothing
   */
  readonly after?: readonly ITerraformDependable[];
}

/** A namespace with a pod security standard. Its pods reach nothing until a policy allows it. */
export abstract class Namespace extends Construct {
  /** What must be there before anything is put into it */
  public readonly ready: readonly ITerraformDependable[];

  protected constructor(scope: Construct, id: string, props: NamespaceProps, podSecurity: "restricted" | "privileged") {
    super(scope, id);
    const level = (mode: string) => [`pod-security.kubernetes.io/${mode}`, podSecurity] as const;
    const namespace = new NamespaceV1(this, "Resource", {
      dependsOn: [...(props.after ?? [])],
      metadata: {
        name: props.name,
        labels: {
          [LABELS.managed]: "true",
          [LABELS.namespace]: props.purpose,
          // On the namespace itself: a label that came later would leave a gap in which anything may start.
          ...Object.fromEntries(["enforce", "audit", "warn"].map(level)),
        },
      },
    });
    const denied = new NetworkPolicyV1(this, "DefaultDeny", {
      metadata: { name: "default-deny", namespace: props.name },
      spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
      dependsOn: [namespace],
    });
    this.ready = [namespace, denied];
  }
}

/**
 * A namespace whose pods must satisfy the restricted pod security standard, and reach nothing until a policy allows it.
 */
export class RestrictedNamespace extends Namespace {
  constructor(scope: Construct, id: string, props: NamespaceProps) {
    super(scope, id, props, "restricted");
  }
}

/** A namespace for pods that need access to their node, and for no others. */
export class PrivilegedNamespace extends Namespace {
  constructor(scope: Construct, id: string, props: NamespaceProps) {
    super(scope, id, props, "privileged");
  }
}
