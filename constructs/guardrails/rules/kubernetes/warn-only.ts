import { objectOf, typesOf } from "../../kubernetes-object";
import type { BlockRule } from "../../rule";
import { blockOf, textsOf } from "../../value";

export const warnOnly: BlockRule = {
  id: "AMBIT-KUBERNETES-WARN-ONLY",
  severity: "medium",
  what: "the binding of an admission policy must deny",
  why: "with the actions Warn and Audit alone, the object that the policy refuses is created",
  fix: "write validationActions Deny",
  standards: ["sp800-207/6", "owasp-nhi/NHI6", "sp800-53/AC-3", "sp800-53/CM-6", "maestro/L6"],
  looksAt: typesOf("ValidatingAdmissionPolicyBinding"),
  *check(block) {
    const binding = objectOf(block, "ValidatingAdmissionPolicyBinding");
    if (binding === undefined) return;
    const at = `${binding.at}spec.validation_actions`;
    const actions = textsOf(blockOf(binding.body, "spec", `${binding.at}spec`) ?? {}, "validation_actions", at);
    if (!actions.includes("Deny")) yield { what: "validationActions", at, evidence: actions };
  },
};
