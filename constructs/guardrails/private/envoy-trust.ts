import { type BlockBody, blockOf, isObject, textOf } from "../value";

/** Of `CertificateValidationContext` and `CommonTlsContext`: what a certificate is compared with */
const OWN = ["trusted_ca", "ca_certificate_provider_instance", "system_root_certs", "custom_validator_config"];
const LISTED = ["verify_certificate_spki", "verify_certificate_hash"];
const DELIVERED = [
  "validation_context_sds_secret_config",
  "validation_context_certificate_provider",
  "validation_context_certificate_provider_instance",
];

/**
 * Why a certificate of the other side is verified by nothing: without an authority Envoy takes every certificate, and matchers of its
 * names do not help. Undefined where it is verified.
 *
 * @see https://www.envoyproxy.io/docs/envoy/v1.37.1/api-v3/extensions/transport_sockets/tls/v3/common.proto
 */
export function unverifiedIn(
  common: BlockBody,
  at: string,
): "trust_chain_verification" | "validation_context" | undefined {
  const { contexts, isDelivered } = validationIn(common, at);
  const takesAll = contexts.some((each) =>
    ["ACCEPT_UNTRUSTED", "1"].includes(
      textOf(each, "trust_chain_verification", `${at}.trust_chain_verification`) ?? "",
    ),
  );
  if (takesAll) return "trust_chain_verification";
  return isDelivered || contexts.some(isBound) ? undefined : "validation_context";
}

/** What is said inline, and whether more is delivered, such as the bundle of a trust domain by SPIRE */
function validationIn(
  common: BlockBody,
  at: string,
): { readonly contexts: readonly BlockBody[]; readonly isDelivered: boolean } {
  const combined = blockOf(common, "combined_validation_context", at) ?? {};
  const contexts = [
    blockOf(common, "validation_context", at),
    blockOf(combined, "default_validation_context", at),
  ].filter(isObject);
  return { contexts, isDelivered: [common, combined].some((each) => DELIVERED.some((name) => isObject(each[name]))) };
}

function isBound(context: BlockBody): boolean {
  return OWN.some((name) => isObject(context[name])) || pinsIn(context);
}

/** Whether single keys or certificates are named */
function pinsIn(context: BlockBody): boolean {
  return LISTED.some((name) => Array.isArray(context[name]) && context[name].length > 0);
}
