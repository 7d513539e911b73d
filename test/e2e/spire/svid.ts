import type { X509Certificate } from "node:crypto";
import type { HeldX509 } from "./workload-api";

/** SPIRE dates its certificates back by this, for clocks that differ (pkg/server/credtemplate) */
export const BACKDATED_SECONDS = 10;

/** The certificate that carries the SPIFFE ID */
export function leafOf({ chain }: HeldX509): X509Certificate {
  const [leaf] = chain;
  if (leaf === undefined) throw new Error("an SVID has at least one certificate");
  return leaf;
}

export function serialOf(svid: HeldX509): string {
  return leafOf(svid).serialNumber;
}

export function issuedAt(svid: HeldX509): Date {
  return new Date(leafOf(svid).validFrom);
}

export function expiresAt(svid: HeldX509): Date {
  return new Date(leafOf(svid).validTo);
}

/** Whether a verifier that trusts these takes the SVID at this time */
export function verifies(svid: HeldX509, authorities: readonly X509Certificate[], now = new Date()): boolean {
  const links = [...svid.chain.slice(1), ...authorities];
  const valid = (certificate: X509Certificate): boolean =>
    new Date(certificate.validFrom) <= now && now < new Date(certificate.validTo);
  return svid.chain.every(
    (certificate) => valid(certificate) && links.some((link) => valid(link) && signed(link, certificate)),
  );
}

function signed(by: X509Certificate, certificate: X509Certificate): boolean {
  return by.ca && certificate.checkIssued(by) && certificate.verify(by.publicKey);
}
