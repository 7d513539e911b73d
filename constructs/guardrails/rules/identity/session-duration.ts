import type { BlockRule } from "../../rule";
import { numberOf } from "../../value";

/** Roles and profiles of Roles Anywhere; left out, both are one hour. */
export const sessionDuration: BlockRule = {
  id: "AMBIT-IDENTITY-SESSION-DURATION",
  severity: "medium",
  what: "credentials of a role must end within one hour",
  why: "credentials that are stolen work until they end",
  fix: "set max_session_duration, or duration_seconds, to 3600 or less",
  standards: ["owasp-nhi/NHI7", "owasp-asi/ASI03", "sp800-53/IA-5"],
  looksAt: ["aws_iam_role", "aws_rolesanywhere_profile"],
  *check(block) {
    const attribute = block.type === "aws_iam_role" ? "max_session_duration" : "duration_seconds";
    const seconds = numberOf(block.body, attribute) ?? LONGEST_SECONDS;
    if (seconds > LONGEST_SECONDS) yield { what: attribute, at: attribute, evidence: seconds };
  },
};

/** The shortest that IAM takes as the longest of a role */
const LONGEST_SECONDS = 3600;
