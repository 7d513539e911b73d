import { accountsOf, boundAccountsIn } from "../../private/accounts";
import { POD_TYPES, podsOf } from "../../pods";
import type { BlockRule } from "../../rule";
import { flagOf } from "../../value";

/** A pod that calls the API has rights there: its service account is bound to a role in the same stack. */
export const mountedToken: BlockRule = {
  id: "AMBIT-KUBERNETES-MOUNTED-TOKEN",
  severity: "medium",
  what: "no pod without rights on Kubernetes' API may mount a token for it",
  why: "an attacker who reads a file of the pod speaks to the API as its service account, with all that is bound to it later",
  fix: "write automountServiceAccountToken false in the pod",
  standards: ["owasp-nhi/NHI2", "owasp-nhi/NHI5", "owasp-asi/ASI03", "sp800-53/AC-6"],
  looksAt: POD_TYPES,
  *check(block, stack) {
    const pods = podsOf(block);
    if (pods.length === 0) return;
    const accounts = accountsOf(block, stack);
    for (const [index, { at, spec }] of pods.entries()) {
      const place = `${at}.automount_service_account_token`;
      const mounts = flagOf(spec, "automount_service_account_token", place);
      const account = accounts[index];
      if (mounts === false || (account !== undefined && boundAccountsIn(stack).has(account))) continue;
      yield { what: "automountServiceAccountToken", at: place, evidence: [account ?? null, mounts ?? null] };
    }
  },
};
