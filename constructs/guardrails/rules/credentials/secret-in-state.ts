import type { Json } from "../../../../domain";
import { SECRET_ATTRIBUTES } from "../../private/secret-attributes";
import type { BlockRule } from "../../rule";
import { secretIn } from "../../secret-values";
import { isObject } from "../../value";

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
      for (const value of valuesAt(block.body, attribute.split("."))) {
        if (value === "") continue;
        const isPlain = block.type === "aws_ssm_parameter" && block.body["type"] !== "SecureString";
        const kind = isPlain ? secretIn(String(block.body["name"] ?? ""), value, stack) : "secret in the state";
        if (kind !== undefined) yield { what: attribute, at: attribute, evidence: kind };
      }
    }
  },
};

/** All values at a path, through blocks that are written as objects or lists */
function valuesAt(body: Json, [name, ...rest]: readonly string[]): readonly Json[] {
  if (Array.isArray(body))
    return (body as readonly Json[]).flatMap((each) => valuesAt(each, [name as string, ...rest]));
  if (!isObject(body)) return [];
  const value = body[name as string] ?? null;
  if (value === null) return [];
  return rest.length === 0 ? [value] : valuesAt(value, rest);
}
