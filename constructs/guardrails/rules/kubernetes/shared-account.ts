import { accountSharersOf, accountsOf } from "../../private/accounts";
import { POD_TYPES, podsOf } from "../../pods";
import type { BlockRule } from "../../rule";

/** In all stacks of an app, and each of the workloads that one block makes. The default account has a rule of its own. */
export const sharedAccount: BlockRule = {
  id: "AMBIT-KUBERNETES-SHARED-ACCOUNT",
  severity: "high",
  what: "a service account must belong to one workload",
  why: "two workloads of one identity have the rights of both, and the audit log cannot tell them apart",
  fix: "make a service account for each of the workloads",
  standards: ["owasp-nhi/NHI9", "owasp-asi/ASI03", "owasp-asi/ASI10", "sp800-53/IA-9", "sp800-53/AU-10"],
  looksAt: POD_TYPES,
  isAcrossStacks: true,
  *check(block, stack) {
    const pods = podsOf(block);
    if (pods.length === 0) return;
    for (const [index, account] of accountsOf(block, stack).entries()) {
      if (account === undefined || account.endsWith("/default")) continue;
      const workloads = accountSharersOf(account, block, stack);
      if (workloads === undefined) continue;
      yield { what: account, at: `${pods[index]?.at ?? ""}.service_account_name`, evidence: workloads };
    }
  },
};
