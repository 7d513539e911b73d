import { objectOf, typesOf } from "../../kubernetes-object";
import { POD_TYPES, podsOf, projectedTokensOf } from "../../pods";
import type { BlockRule } from "../../rule";
import { blockOf, numberOf } from "../../value";

/** The kubelet asks for a new token after a day at the latest, so that a pod has no use of a longer one. Left out, it is an hour. */
const LONGEST_SECONDS = 86_400;

/** @see https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#launch-a-pod-using-service-account-token-projection */
export const tokenLifetime: BlockRule = {
  id: "AMBIT-KUBERNETES-TOKEN-LIFETIME",
  severity: "high",
  what: "no token of a service account may be valid for more than a day",
  why: "a token that is read once speaks as the service account until it ends, and no one can withdraw it while its pod exists",
  fix: "leave expirationSeconds out, or write a day or less",
  standards: ["owasp-nhi/NHI7", "owasp-asi/ASI03", "sp800-53/IA-5"],
  looksAt: [...POD_TYPES, ...typesOf("TokenRequest"), "ephemeral.kubernetes_token_request_v1"],
  *check(block) {
    for (const { volume, at, body } of podsOf(block).flatMap(projectedTokensOf)) {
      const seconds = numberOf(body, "expiration_seconds", `${at}.service_account_token.expiration_seconds`) ?? 0;
      if (seconds > LONGEST_SECONDS) yield { what: `volume::${volume}`, at, evidence: seconds };
    }
    const request = objectOf(block, "TokenRequest");
    if (request === undefined) return;
    const at = `${request.at}spec.expiration_seconds`;
    const seconds = numberOf(blockOf(request.body, "spec", `${request.at}spec`) ?? {}, "expiration_seconds", at) ?? 0;
    if (seconds > LONGEST_SECONDS) yield { what: "expirationSeconds", at, evidence: seconds };
  },
};
