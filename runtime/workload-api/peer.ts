import type { ConnectionOptions, PeerCertificate } from "node:tls";

/**
 * What is wrong with the identity of a server whose chain is verified already: an SVID has exactly one URI, and it must
 * be this one. The host name proves nothing.
 *
 * @param who name of the server in messages
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

/**
 * TLS options that check a SPIFFE ID in place of the host name; empty without one.
 *
 * @param who name of the server in messages
 */
export function identified(
  who: string,
  spiffeId: string | undefined,
): Required<Pick<ConnectionOptions, "checkServerIdentity">> | undefined {
  if (spiffeId === undefined) return undefined;
  return { checkServerIdentity: (_, certificate) => otherIdentity(who, spiffeId, certificate) };
}
