import type { BlockRule } from "../../rule";
import { secretInScript } from "../../secret-values";
import { UndecidedValue, isReference } from "../../value";

/** Plain, and encoded once: `user_data` and `user_data_base64`. What a finding tells holds no secret. */
export const userData: BlockRule = {
  id: "AMBIT-CREDENTIALS-USER-DATA",
  severity: "critical",
  what: "user data of an instance may hold no secret",
  why: "each process on the instance reads it from the metadata service, and so does everyone who may describe the instance",
  fix: "give the instance a role, by which it reads the secret from Secrets Manager",
  standards: ["owasp-nhi/NHI2", "owasp-nhi/NHI7", "sp800-53/IA-5", "owasp-asi/ASI03"],
  looksAt: ["aws_instance", "aws_launch_configuration", "aws_launch_template", "aws_spot_instance_request"],
  *check(block, stack) {
    for (const attribute of ["user_data", "user_data_base64"]) {
      const written = block.body[attribute] ?? null;
      if (written === null) continue;
      if (typeof written !== "string") throw new UndecidedValue(attribute, written, `${attribute} must be a text`);
      const kind = [written, decoded(written)].map((text) => secretInScript(text, stack)).find((each) => each);
      if (kind !== undefined) yield { what: attribute, at: attribute, evidence: kind };
      else if (isOpaque(written)) throw new UndecidedValue(attribute, written, `${attribute} is known at apply only`);
    }
  },
};

/** Text that was encoded, such as a launch template takes it; empty for what is no such text */
function decoded(text: string): string {
  const encoded = /^\$\{base64encode\("(.*)"\)\}$/s.exec(text)?.[1];
  if (encoded !== undefined) return encoded;
  return /^[A-Za-z0-9+/\s]{12,}={0,2}\s*$/.test(text) ? Buffer.from(text, "base64").toString("utf8") : "";
}

/** Whether it is an expression and nothing else, such as a file */
function isOpaque(text: string): boolean {
  return isReference(text) && /^\s*\$\{(?!base64encode\(")[^}]*\}\s*$/.test(text);
}
