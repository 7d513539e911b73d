import { testsOf } from "../../conditions";
import { grantsOf } from "../../grants";
import type { BlockRule } from "../../rule";

/** `repo:acme/*` and `repo:acme/app:*` alike: a pull request from a fork has a subject of the repository too. */
export const subjectWildcard: BlockRule = {
  id: "AMBIT-TRUST-SUBJECT-WILDCARD",
  severity: "high",
  what: "the subject of a token that opens a role must have no wildcard",
  why: "more identities than the one that was meant become the role, such as each branch and pull request of a repository",
  fix: "write the whole subject, such as repo:acme/app:ref:refs/heads/main, and test it by StringEquals",
  standards: ["owasp-nhi/NHI4", "owasp-asi/ASI03", "sp800-53/AC-3", "owasp-nhi/NHI9"],
  looksAt: ["aws_iam_role"],
  *check(block, stack) {
    for (const { at, statement, evidence } of grantsOf(block, stack, "trust")) {
      for (const { operator, key, values } of testsOf(statement.Condition, /:sub$/i)) {
        if (!/Like$/.test(operator) || /Not/.test(operator)) continue;
        for (const value of values.filter((each) => /[*?]/.test(each))) {
          yield { what: `${key}::${value}`, at: `${at}.Condition.${operator}`, evidence };
        }
      }
    }
  },
};
