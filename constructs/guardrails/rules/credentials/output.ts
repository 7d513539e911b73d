import type { BlockRule } from "../../rule";
import { secretIn } from "../../secret-values";
import { flagOf } from "../../value";

/** By what the value refers to, by its form, and by the output's name. Terraform itself refuses only what a provider marks as sensitive. */
export const publishedSecret: BlockRule = {
  id: "AMBIT-CREDENTIALS-OUTPUT",
  severity: "high",
  what: "an output may publish no secret",
  why: "Terraform prints it, and each stack and pipeline that reads the outputs has it",
  fix: "leave the output out, and pass the ARN of the secret; or set sensitive",
  standards: ["owasp-nhi/NHI2", "sp800-53/IA-5"],
  looksAt: ["output"],
  *check(block, stack) {
    const { value } = block.body;
    const kind = secretIn(block.name, value, stack);
    if (kind === undefined || flagOf(block.body, "sensitive") === true) return;
    yield { what: "value", at: "value", evidence: kind };
  },
};
