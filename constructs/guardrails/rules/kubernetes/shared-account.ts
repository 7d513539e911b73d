import { accountsOf, workloadsByAccount } from "../../private/accounts";
import { POD_TYPES, podsOf } from "../../pods";
import type { BlockRule } from "../../rule";

/** The default account has a rule of its own. */
export const sharedAccount: BlockRule = {
  id: "AMBIT-KUBERNETES-SHARED-ACCOUNT",
  severity: "high",
  what: "a service account must belong to one workload",
  why: "two workloads of one identity have the rights of both, and the audit log cannot tell them apart",
  fix: "make a service account for each of the workloads",
  standards: ["owasp-nhi/NHI9", "owasp-asi/ASI03", "owasp-asi/ASI10", "sp800-53/IA-9", "sp800-53/AU-10"],
  looksAt: POD_TYPES,
  *check(block, stack) {
    const pods = podsOf(block);
    if (pods.length === 0) return;
    for (const [index, account] of accountsOf(block, stack).entries()) {
      const workloads = workloadsByAccount(stack).get(account ?? "") ?? [];
      if (account === undefined || workloads.length < 2 || account.endsWith("/default")) continue;
      yield { what: account, at: `${pods[index]?.at ?? ""}.service_account_name`, evidence: [...workloads].sort() };
    }
  },
};
