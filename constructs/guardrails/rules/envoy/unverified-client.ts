import { CONFIG_TYPES } from "../../config-texts";
import { envoyConfigsOf, hasEnvoyConfig, messagesIn } from "../../envoy-config";
import type { BlockRule } from "../../rule";
import { type BlockBody, blockOf, blocksOf, flagOf } from "../../value";

const VALIDATIONS = ["validation_context", "validation_context_sds_secret_config", "combined_validation_context"];

/** A listener whose certificate is an SVID is for workloads; one with another certificate is for users, who have none. */
export const unverifiedClient: BlockRule = {
  id: "AMBIT-ENVOY-UNVERIFIED-CLIENT",
  severity: "critical",
  what: "a listener with an SVID must demand and verify the SVID of its clients",
  why: "every pod that reaches the port is taken for an agent, or for the gateway",
  fix: "write require_client_certificate true, and the trust domain's bundle as validation context",
  standards: ["sp800-207/2", "sp800-207/6", "owasp-nhi/NHI4", "owasp-asi/ASI07", "sp800-53/IA-9", "sp800-53/SC-8"],
  looksAt: CONFIG_TYPES,
  isAbout: hasEnvoyConfig,
  *check(block, stack) {
    for (const { at: file, configuration } of envoyConfigsOf(block, stack)) {
      for (const { at, type, body } of messagesIn(configuration, file)) {
        if (type !== "DownstreamTlsContext") continue;
        const common = blockOf(body, "common_tls_context", at) ?? {};
        const [svid] = svidsIn(common, at);
        if (svid === undefined) continue;
        if (flagOf(body, "require_client_certificate", at) !== true)
          yield { what: "require_client_certificate", at, evidence: svid };
        if (VALIDATIONS.every((name) => (common[name] ?? null) === null))
          yield { what: "validation_context", at, evidence: svid };
      }
    }
  },
};

function svidsIn(common: BlockBody, at: string): readonly string[] {
  return blocksOf(common, "tls_certificate_sds_secret_configs", at).flatMap(({ name }) =>
    typeof name === "string" && name.startsWith("spiffe://") ? [name] : [],
  );
}
