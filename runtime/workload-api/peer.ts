import type { PeerCertificate } from "node:tls";

/**
 * What is wrong with who answers, where its chain has been verified already: an SVID has exactly one URI, and it must be
 * this one. The host name proves nothing.
 *
 * @param who as messages name it
 */
export function otherIdentity(
  who: string,
  spiffeId: string,
  { subjectaltname }: Pick<PeerCertificate, "subjectaltname">,
): Error | undefined {
  const uris = (subjectaltname ?? "").split(", ").filter((name) => name.startsWith("URI:"));
  if (uris.length === 1 && uris[0] === `URI:${spiffeId}`) return undefined;
  return new Error(`${who} must show ${spiffeId}, got ${uris.length === 0 ? "no SPIFFE ID" : uris.join(", ")}`);
}
