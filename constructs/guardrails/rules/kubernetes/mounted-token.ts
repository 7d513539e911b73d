import { accountsOf, getsItsAccount, isBoundFor } from "../../private/accounts";
import { POD_TYPES, podsOf, type PodTemplate, projectedTokensOf } from "../../pods";
import type { BlockRule, Violation } from "../../rule";
import { type BlockBody, flagOf } from "../../value";

/** What changes the account that pods have which name none */
const DEFAULT_ACCOUNT: readonly string[] = [
  "kubernetes_default_service_account",
  "kubernetes_default_service_account_v1",
];

/** A projected token without an audience is one for the API as well. A pod that calls the API has rights there: its service account is bound to a role in the same stack. */
export const mountedToken: BlockRule = {
  id: "AMBIT-KUBERNETES-MOUNTED-TOKEN",
  severity: "medium",
  what: "no pod without rights on Kubernetes' API may mount a token for it",
  why: "an attacker who reads a file of the pod speaks to the API as its service account, with all that is bound to it later",
  fix: "write automountServiceAccountToken false in the pod",
  standards: ["owasp-nhi/NHI2", "owasp-nhi/NHI5", "owasp-asi/ASI03", "sp800-53/AC-6"],
  looksAt: [...POD_TYPES, ...DEFAULT_ACCOUNT],
  *check(block, stack) {
    if (DEFAULT_ACCOUNT.includes(block.type)) return yield* mountsByDefault(block.body);
    const pods = podsOf(block);
    if (pods.length === 0) return;
    const accounts = accountsOf(block, stack);
    for (const [index, pod] of pods.entries()) {
      const { at, spec } = pod;
      const account = accounts[index];
      const isBound = account !== undefined && isBoundFor(block, account, stack);
      if (!isBound) yield* projectedIn(pod, account);
      const place = `${at}.automount_service_account_token`;
      const mounts = flagOf(spec, "automount_service_account_token", place);
      if (mounts === undefined && getsItsAccount(block, pod)) continue;
      if (mounts === false || isBound) continue;
      yield { what: "automountServiceAccountToken", at: place, evidence: [account ?? null, mounts ?? null] };
    }
  },
};

function projectedIn(pod: PodTemplate, account: string | undefined): readonly Violation[] {
  // An audience that is known at apply only is one.
  const ofApi = projectedTokensOf(pod).filter(({ body }) => (body["audience"] ?? "") === "");
  return ofApi.map(({ volume, at }) => ({ what: `volume::${volume}`, at, evidence: account ?? null }));
}

/** The provider writes true where it is left out. */
function* mountsByDefault(body: BlockBody): Generator<Violation> {
  const at = "automount_service_account_token";
  if (flagOf(body, at) !== false)
    yield { what: "automountServiceAccountToken", at, evidence: [body["metadata"] ?? null, body[at] ?? null] };
}
