import { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { AdmissionPolicies } from "../../../constructs/admission";
import { SpireNamespaces } from "../../../constructs/spire";
import { refusal } from "../../support/domain";
import { newStack, Template } from "../../support/synth";

function namespaces() {
  const stack = newStack();
  const { ready } = new AdmissionPolicies(stack, "Admission");
  new SpireNamespaces(stack, "Namespaces", { after: ready });
  return Template.of(stack);
}

test("SpireNamespaces keeps what decides restricted, and what needs the node apart from it", () => {
  const labels = (level: string) => ({
    "ambit.internal/managed": "true",
    "ambit.internal/namespace": "platform",
    "pod-security.kubernetes.io/enforce": level,
    "pod-security.kubernetes.io/audit": level,
    "pod-security.kubernetes.io/warn": level,
  });
  expect(
    namespaces()
      .all(NamespaceV1)
      .map(({ metadata }) => metadata),
  ).toEqual([
    { name: "spire-server", labels: labels("restricted") },
    { name: "spire-system", labels: labels("privileged") },
  ]);
});

test("nothing in either reaches anything, or is reached, until a policy says so", () => {
  expect(
    namespaces()
      .all(NetworkPolicyV1)
      .map(({ metadata, spec }) => [metadata, spec]),
  ).toEqual(
    ["spire-server", "spire-system"].map((namespace) => [
      { name: "default-deny", namespace },
      { pod_selector: {}, policy_types: ["Ingress", "Egress"] },
    ]),
  );
});

test("fails without the admission policies that hold the one which needs the node", () => {
  const stack = newStack();
  new SpireNamespaces(stack, "Namespaces");
  const { message } = refusal(() => Template.of(stack));
  expect(message).toContain('stack "test": guardrails refuse it for 1 reason');
  expect(message).toContain(
    "AMBIT-KUBERNETES-POD-SECURITY[pod-security.kubernetes.io/enforce] at kubernetes_namespace_v1",
  );
});
