import { SECRET_ATTRIBUTES } from "../../private/secret-attributes";
import { valuesAt } from "../../private/values-at";
import type { BlockRule } from "../../rule";
import { secretIn } from "../../secret-values";
import { UndecidedValue } from "../../value";

/** Attributes that Terraform keeps in its state: the write-only ones (`…_wo`) are not kept. A parameter of type String is judged by its name and form. */
export const secretInState: BlockRule = {
  id: "AMBIT-CREDENTIALS-STATE",
  severity: "high",
  what: "no secret may be given to a resource by an attribute that Terraform's state keeps",
  why: "everyone who reads the state, its copies and its history has the secret in plain text",
  fix: "write it by the write-only attribute, such as secret_string_wo, or outside Terraform",
  standards: ["owasp-nhi/NHI2", "sp800-53/IA-5"],
  looksAt: Object.keys(SECRET_ATTRIBUTES),
  *check(block, stack) {
    for (const attribute of SECRET_ATTRIBUTES[block.type] ?? []) {
      for (const value of valuesAt(block.body, attribute)) {
        if (value instanceof UndecidedValue) yield value;
        if (value === "" || value === null || value instanceof UndecidedValue) continue;
        const isPlain = block.type === "aws_ssm_parameter" && block.body["type"] !== "SecureString";
        const kind = isPlain ? secretIn(String(block.body["name"] ?? ""), value, stack) : "secret in the state";
        if (kind !== undefined) yield { what: attribute, at: attribute, evidence: kind };
      }
    }
  },
};
