import { ENVOY_TYPES, envoyConfigsOf, hasEnvoyConfig, messagesIn } from "../../envoy-config";
import { unverifiedIn } from "../../private/envoy-trust";
import type { BlockRule } from "../../rule";
import { type BlockBody, blockOf, blocksOf, flagOf, isObject } from "../../value";

/** A listener whose certificate is an SVID is for workloads; one with another certificate is for users, who have none. */
export const unverifiedClient: BlockRule = {
  id: "AMBIT-ENVOY-UNVERIFIED-CLIENT",
  severity: "critical",
  what: "a listener with an SVID must demand and verify the SVID of its clients",
  why: "every pod that reaches the port is taken for an agent, or for the gateway",
  fix: "write require_client_certificate true, the trust domain's bundle as validation context, and leave trust_chain_verification out",
  standards: ["sp800-207/2", "sp800-207/6", "owasp-nhi/NHI4", "owasp-asi/ASI07", "sp800-53/IA-9", "sp800-53/SC-8"],
  looksAt: ENVOY_TYPES,
  isAbout: hasEnvoyConfig,
  *check(block, stack) {
    for (const { at: file, configuration } of envoyConfigsOf(block, stack)) {
      for (const { at, type, body } of messagesIn(configuration, file)) {
        if (type !== "DownstreamTlsContext" && !at.endsWith(".downstream_tls_context")) continue;
        const common = blockOf(body, "common_tls_context", at) ?? {};
        const [svid] = svidsIn(common, at);
        const unverified = unverifiedIn(common, at);
        if (svid !== undefined && flagOf(body, "require_client_certificate", at) !== true)
          yield { what: "require_client_certificate", at, evidence: svid };
        if (unverified === "trust_chain_verification" || (svid !== undefined && unverified !== undefined))
          yield { what: unverified, at, evidence: svid ?? "ACCEPT_UNTRUSTED" };
      }
    }
  },
};

/** SPIRE's agent delivers its SVID under the SPIFFE ID, or under the name default. */
function svidsIn(common: BlockBody, at: string): readonly string[] {
  return blocksOf(common, "tls_certificate_sds_secret_configs", at).flatMap(({ name, sds_config: source }) => {
    if (typeof name !== "string") return [];
    const isAsked = isObject(source) && isObject(source["api_config_source"]);
    return name.startsWith("spiffe://") || (name === "default" && isAsked) ? [name] : [];
  });
}
