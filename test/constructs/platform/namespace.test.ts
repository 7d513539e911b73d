import { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { RestrictedNamespace } from "../../../constructs/platform/namespace";
import { newStack, Template } from "../../support/synth";

function made(): Template {
  const stack = newStack();
  new RestrictedNamespace(stack, "Namespace", { name: "apps", purpose: "platform" });
  return Template.of(stack);
}

test("a namespace for agents enforces the restricted pod security standard from its first moment", () => {
  expect(made().only(NamespaceV1)).toMatchObject({
    metadata: {
      name: "apps",
      labels: {
        "ambit.internal/managed": "true",
        "ambit.internal/namespace": "platform",
        "pod-security.kubernetes.io/audit": "restricted",
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/warn": "restricted",
      },
    },
  });
});

test("a namespace reaches nothing, and is reached by nothing, until a policy says so", () => {
  expect(made().only(NetworkPolicyV1)).toMatchObject({
    metadata: { name: "default-deny", namespace: "apps" },
    spec: { pod_selector: {}, policy_types: ["Ingress", "Egress"] },
  });
});
