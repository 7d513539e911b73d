import { registrationsOf } from "../../private/registrations";
import type { BlockRule } from "../../rule";
import { mayConfigure } from "../../config-texts";
import { SPIRE_TYPES, spireConfigsOf } from "../../spire-config";
import { blockOf, type BlockBody, blocksOf, isObject, listOf, textOf } from "../../value";

/** By a certificate of the web for its name, or by a SPIFFE ID of that domain. */
export const federation: BlockRule = {
  id: "AMBIT-SPIRE-FEDERATION",
  severity: "high",
  what: "SPIRE must fetch the bundle of another trust domain by https, from a server that proves that it belongs to that domain",
  why: "an attacker who answers in its place gives out the keys of that domain, and with them each identity in it",
  fix: "write an address of https, and the profile https_web, or https_spiffe with the endpoint's SPIFFE ID in that domain",
  standards: ["owasp-nhi/NHI8", "owasp-nhi/NHI4", "owasp-asi/ASI03", "sp800-53/IA-9", "sp800-53/AC-4"],
  looksAt: SPIRE_TYPES,
  isAbout: mayConfigure,
  *check(block, stack) {
    for (const { at, configuration } of spireConfigsOf(block, stack))
      for (const [domain, settings] of domainsOf(configuration.server))
        if (!isPinned(domain, settings)) yield { what: domain, at: `${at}.federation`, evidence: { ...settings } };
    for (const { kind, at, spec } of registrationsOf(block, stack)) {
      if (kind !== "ClusterFederatedTrustDomain") continue;
      const domain = textOf(spec, "trustDomain", `${at}.trustDomain`) ?? "";
      const profile = blockOf(spec, "bundleEndpointProfile", `${at}.bundleEndpointProfile`) ?? {};
      const { type, endpointSPIFFEID: id } = profile;
      const isProven = type === "https_web" || (type === "https_spiffe" && isIn(domain, id));
      if (!isProven || !isHttps(spec["bundleEndpointURL"])) yield { what: domain, at, evidence: { ...spec } };
    }
  },
};

function domainsOf(server: BlockBody = {}): readonly (readonly [domain: string, settings: BlockBody])[] {
  const sections = listOf(server["federation"]).filter(isObject);
  return sections
    .flatMap((section) => listOf(section["federates_with"]))
    .filter(isObject)
    .flatMap((domains) =>
      Object.keys(domains).flatMap((domain) =>
        listOf(domains[domain]).map((each) => [domain, isObject(each) ? each : {}] as const),
      ),
    );
}

function isPinned(domain: string, settings: BlockBody): boolean {
  const profiles = blocksOf(settings, "bundle_endpoint_profile");
  const named = profiles.flatMap((each) => listOf(each["https_spiffe"])).filter(isObject);
  const isProven =
    profiles.length > 0 &&
    (named.length > 0
      ? named.every((profile) => isIn(domain, profile["endpoint_spiffe_id"]))
      : profiles.every((each) => "https_web" in each));
  return isProven && isHttps(settings["bundle_endpoint_url"]);
}

function isHttps(address: unknown): boolean {
  return typeof address === "string" && address.startsWith("https://");
}

function isIn(domain: string, id: unknown): boolean {
  return typeof id === "string" && id.startsWith(`spiffe://${domain}/`);
}
