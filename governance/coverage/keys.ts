import type { StackJson } from "../../constructs/guardrails/stack";
import { isCertain } from "./certain";
import { type Located, type Output, textIn } from "./output";

/** Aliases with these names in KMS, each of a key of this output; none if one is missing */
export function keysNamed(names: readonly unknown[], output: Output): readonly Located[] {
  const found = names.map((name) => (typeof name === "string" ? keyNamed(name, output) : []));
  return found.some((each) => each.length === 0) ? [] : found.flat();
}

function keyNamed(alias: string, output: Output): readonly Located[] {
  return output.by("name", "aws_kms_alias", alias, ({ block, stack }) =>
    hasKey(stack.referred(block.body["target_key_id"])) ? textIn(block.body, "name") : undefined,
  );
}

function hasKey(target: ReturnType<StackJson["referred"]>): boolean {
  return target?.block.type === "aws_kms_key" && isCertain(target.block);
}

/**
 * Whether the text is a public key: written out, or read from a key of this output.
 *
 * @param text in PEM, or `${data.aws_kms_public_key.x.public_key_pem}`
 */
export function isPublicKey(text: string, stack: StackJson, output: Output): boolean {
  if (!text.includes("${")) return text.includes("-----BEGIN PUBLIC KEY-----");
  const source = stack.referred(text)?.block;
  return (
    source?.mode === "data" &&
    source.type === "aws_kms_public_key" &&
    keysNamed([source.body["key_id"]], output).length > 0
  );
}
