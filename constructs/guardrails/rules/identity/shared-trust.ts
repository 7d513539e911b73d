import { SUBJECT, testsOf } from "../../conditions";
import { grantsOf } from "../../grants";
import type { BlockRule } from "../../rule";

/** Several subjects of tokens, or several certificates, in one statement or in several. Branches, tags and environments of one repository on GitHub are one workload; its pull requests are another, as they run code before its review. */
export const sharedTrust: BlockRule = {
  id: "AMBIT-IDENTITY-SHARED-TRUST",
  severity: "high",
  what: "a role must be one workload's",
  why: "the log does not tell which of the workloads acted, and each has the rights of all",
  fix: "give each workload a role of its own",
  standards: ["owasp-nhi/NHI9", "owasp-nhi/NHI5", "owasp-asi/ASI03", "sp800-53/IA-4"],
  looksAt: ["aws_iam_role"],
  *check(block, stack) {
    const subjects = new Set<string>();
    for (const { statement } of grantsOf(block, stack, "trust")) {
      for (const { operator, key, values } of testsOf(statement.Condition, SUBJECT)) {
        if (/Not|Null/.test(operator)) continue;
        for (const value of values) subjects.add(`${key}=${workloadOf(key, value)}`);
      }
    }
    if (subjects.size > 1)
      yield { what: "assume_role_policy", at: "assume_role_policy", evidence: [...subjects].sort() };
  },
};

const REVIEWED = /^(repo:[^*?:]+):(?:environment|ref:refs\/(?:heads|tags)):?[^*?]+$/;

function workloadOf(key: string, subject: string): string {
  if (!/^token\.actions\.githubusercontent\.com:sub$/i.test(key)) return subject;
  return REVIEWED.exec(subject)?.[1] ?? subject;
}
