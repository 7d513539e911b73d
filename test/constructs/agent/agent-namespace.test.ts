import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { AgentNamespace } from "../../../constructs/agent/agent-namespace";
import { newStack, Template } from "../../support/synth";

function namespace() {
  const stack = newStack();
  new AgentNamespace(stack, "Namespace", { name: "apps" });
  return Template.of(stack);
}

test("AgentNamespace is restricted and marked as one for agents from its first moment", () => {
  expect(namespace().only(NamespaceV1).metadata).toEqual({
    name: "apps",
    labels: {
      "ambit.internal/managed": "true",
      "ambit.internal/namespace": "agents",
      "pod-security.kubernetes.io/audit": "restricted",
      "pod-security.kubernetes.io/enforce": "restricted",
      "pod-security.kubernetes.io/warn": "restricted",
    },
  });
});

test("it has an empty record, whose entries Terraform leaves to the agents", () => {
  const template = namespace();
  const address = (type: string) => template.addresses.find((each) => each.startsWith(`${type}.`));
  expect(template.only(ConfigMapV1)).toEqual({
    metadata: { name: "ambit-agents", namespace: "apps" },
    lifecycle: { ignore_changes: ["data"] },
    depends_on: [address("kubernetes_namespace_v1"), address("kubernetes_network_policy_v1")],
  });
});

test("nothing in it reaches anything until a policy says so", () => {
  expect(namespace().only(NetworkPolicyV1)).toMatchObject({
    metadata: { name: "default-deny", namespace: "apps" },
    spec: { pod_selector: {}, policy_types: ["Ingress", "Egress"] },
  });
});
