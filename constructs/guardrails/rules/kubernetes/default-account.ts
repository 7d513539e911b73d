import { accountsOf } from "../../private/accounts";
import { POD_TYPES, podsOf } from "../../pods";
import type { BlockRule } from "../../rule";

export const defaultAccount: BlockRule = {
  id: "AMBIT-KUBERNETES-DEFAULT-ACCOUNT",
  severity: "high",
  what: "each workload must have a service account of its own, and not the default one of its namespace",
  why: "all pods of the namespace that name none share it, so they share the identity that SPIRE gives by it",
  fix: "make a service account for the workload and name it in serviceAccountName",
  standards: ["owasp-nhi/NHI9", "owasp-nhi/NHI4", "owasp-asi/ASI03", "sp800-53/IA-9"],
  looksAt: POD_TYPES,
  *check(block, stack) {
    const pods = podsOf(block);
    if (pods.length === 0) return;
    for (const [index, account] of accountsOf(block, stack).entries()) {
      if (account?.endsWith("/default") !== true) continue;
      yield { what: "default", at: `${pods[index]?.at ?? ""}.service_account_name`, evidence: account };
    }
  },
};
