import { existsWith } from "../../attached";
import type { Block } from "../../block";
import { type KubernetesObject, labelsOf, nameOf, objectOf, objectsIn, typesOf } from "../../kubernetes-object";
import type { BlockRule } from "../../rule";
import type { StackJson } from "../../stack";
import { blockOf, listOf } from "../../value";

const ENFORCE = "pod-security.kubernetes.io/enforce";

/** SPIRE's pods on nodes need what both levels refuse: instead, an admission policy of Ambit in the same stack holds their namespace, by its label. */
export const podSecurity: BlockRule = {
  id: "AMBIT-KUBERNETES-POD-SECURITY",
  severity: "high",
  what: "each namespace must enforce the Pod Security level restricted or baseline",
  why: "without a level, anyone who may create pods in it can take over the node by a privileged one",
  fix: "label the namespace with pod-security.kubernetes.io/enforce: restricted",
  standards: ["owasp-nhi/NHI6", "owasp-asi/ASI05", "sp800-53/AC-6", "sp800-53/CM-6", "maestro/L4"],
  looksAt: typesOf("Namespace"),
  *check(block, stack) {
    const namespace = objectOf(block, "Namespace");
    if (namespace === undefined) return;
    const labels = labelsOf(namespace.body, namespace.at);
    const level = labels[ENFORCE] ?? "privileged";
    if (level === "restricted" || level === "baseline") return;
    if (isHeldByAdmission(block, nameOf(namespace.body, stack).name, labels, stack)) return;
    yield { what: ENFORCE, at: `${namespace.at}metadata.labels`, evidence: level };
  },
};

/** The policy by which the platform's deployers alone write workloads in its namespaces, as `constructs/admission/` makes it */
const WORKLOADS = "ambit-platform-workloads";

function isHeldByAdmission(
  block: Block,
  name: string | undefined,
  labels: Readonly<Record<string, string>>,
  stack: StackJson,
): boolean {
  if (name !== "spire-system" || labels["ambit.internal/namespace"] !== "platform") return false;
  const always = (kind: string): readonly KubernetesObject[] =>
    objectsIn(stack, kind).filter((each) => existsWith(each.block, block));
  return (
    always("ValidatingAdmissionPolicy").some(({ body }) => nameOf(body, stack).name === WORKLOADS) &&
    always("ValidatingAdmissionPolicyBinding").some(({ body }) => {
      const spec = blockOf(body, "spec") ?? {};
      return spec["policy_name"] === WORKLOADS && listOf(spec["validation_actions"]).includes("Deny");
    })
  );
}
