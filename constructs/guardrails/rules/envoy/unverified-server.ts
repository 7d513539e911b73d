import type { Json } from "../../../../domain";
import { digestOf } from "../../finding";
import { ENVOY_TYPES, envoyConfigsOf, hasEnvoyConfig, messagesIn } from "../../envoy-config";
import { unverifiedIn } from "../../private/envoy-trust";
import type { BlockRule } from "../../rule";
import { type BlockBody, blockOf, isObject } from "../../value";

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/;

/** A cluster of the own pod alone needs none: over a socket or loopback no other answers. */
export const unverifiedServer: BlockRule = {
  id: "AMBIT-ENVOY-UNVERIFIED-SERVER",
  severity: "high",
  what: "Envoy must verify the certificate of a server that it calls by TLS",
  why: "an attacker on the way answers as the tool or the authorizer, with a certificate of its own",
  fix: "write validation_context with trusted_ca, or the trust domain's bundle, and leave trust_chain_verification out",
  standards: ["sp800-207/2", "owasp-nhi/NHI4", "owasp-asi/ASI07", "sp800-53/IA-9", "sp800-53/SC-8", "maestro/L4"],
  looksAt: ENVOY_TYPES,
  isAbout: hasEnvoyConfig,
  *check(block, stack) {
    for (const { at: file, configuration } of envoyConfigsOf(block, stack)) {
      const own = new Set<BlockBody>();
      for (const { at, type, body } of messagesIn(configuration, file)) {
        if (isObject(body["load_assignment"]) && isLocal(body["load_assignment"]))
          for (const inner of messagesIn(body, at)) own.add(inner.body);
        if ((type !== "UpstreamTlsContext" && !at.endsWith(".upstream_tls_context")) || own.has(body)) continue;
        const common = blockOf(body, "common_tls_context", at) ?? {};
        const unverified = unverifiedIn(common, at);
        if (unverified !== undefined) yield { what: unverified, at, evidence: digestOf(common as Json) };
      }
    }
  },
};

/** Whether all endpoints are in the own pod */
function isLocal(assignment: BlockBody): boolean {
  const addresses = [...messagesIn(assignment, "")].flatMap(({ at, body }) => (at.endsWith(".address") ? [body] : []));
  return addresses.length > 0 && addresses.every(isOwn);
}

function isOwn({ pipe, socket_address: socket }: BlockBody): boolean {
  if (isObject(pipe)) return true;
  return isObject(socket) && typeof socket["address"] === "string" && LOOPBACK.test(socket["address"]);
}
