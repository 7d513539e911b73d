import { typesOf } from "../../kubernetes-object";
import { IDENTITY_USERS, identityUsesOf } from "../../private/identity-uses";
import { sharersOf } from "../../private/shared-identities";
import type { BlockRule } from "../../rule";

/** Service accounts, machines, functions, tasks, jobs, builds and runtimes, of one kind or of several, in all stacks of an app. Machines that one block makes are copies of one workload. */
export const sharedRole: BlockRule = {
  id: "AMBIT-IDENTITY-SHARED-ROLE",
  severity: "high",
  what: "two workloads may not have the same role or instance profile",
  why: "the log does not tell which of them acted, and each has the rights of both",
  fix: "give each workload a role of its own; with count or for_each, one for each key",
  standards: ["owasp-nhi/NHI9", "owasp-nhi/NHI5", "owasp-asi/ASI03", "sp800-53/IA-4"],
  looksAt: [...IDENTITY_USERS, ...typesOf("ServiceAccount")],
  isAcrossStacks: true,
  *check(block, stack) {
    for (const use of identityUsesOf(block, stack)) {
      const sharers = sharersOf(use, stack);
      if (sharers !== undefined) yield { what: use.identity, at: use.at, evidence: [use.identity, sharers] };
    }
  },
};
