import type { BlockRule } from "../../rule";
import { flagOf, isReference, listOf, UndecidedValue } from "../../value";

/** How long sessions last has a rule of its own, and so has which certificates a role takes. */
export const profile: BlockRule = {
  id: "AMBIT-TRUST-PROFILE",
  severity: "high",
  what: "a profile of IAM Roles Anywhere must be for one role, and name its sessions by the certificate",
  why: "a certificate that one role takes by mistake opens all of them, and a name that the caller chooses is another's in the log",
  fix: "write a profile for each role, and leave accept_role_session_name out",
  standards: ["owasp-nhi/NHI9", "owasp-nhi/NHI5", "owasp-asi/ASI03", "sp800-53/IA-4", "sp800-53/AU-10"],
  looksAt: ["aws_rolesanywhere_profile"],
  *check({ body }) {
    const name = "accept_role_session_name";
    if (flagOf(body, name) === true) yield { what: name, at: name, evidence: true };
    const roles = listOf(body["role_arns"]);
    if (roles.length > 1) yield { what: "role_arns", at: "role_arns", evidence: roles };
    for (const each of roles) {
      const isList = typeof each !== "string" || (isReference(each) && !ONE.test(each));
      if (isList) yield new UndecidedValue("role_arns", each, "role_arns is known at apply only: name one role");
    }
  },
};

/** A role of the stack, of a data source, or one whose ARN is written but for its account or partition */
const ONE = /^\$\{(?:data\.)?aws_iam_role\.[\w-]+(?:\[[^[\]*]*\])?\.arn\}$|^arn:[^*?]*:role\/[^$*?]+$/;
