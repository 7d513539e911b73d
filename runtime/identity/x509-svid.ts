import { createHash } from "node:crypto";
import { LIMITS } from "../../domain";
import { Refusal } from "../refusal/refusal";
import { type Certificate, certificateOf } from "./certificate";
import { MalformedDer } from "./der";
import { CLIENT_USAGES } from "./extensions";
import type { TrustBundle } from "./trust-bundle";
import { workloadId } from "./workload-id";

/** A certificate and those between it and an authority */
export const MOST_CERTIFICATES = 4;
/** Signatures that are verified for one chain: names that all match would make it every one by every other. */
const MOST_SIGNATURES = 16;

export interface X509Svid {
  readonly spiffeId: string;
  /** SHA-256 of the certificate in base64url (RFC 8705 section 3.1) */
  readonly thumbprint: string;
  /** Seconds since the epoch */
  readonly expiresAt: number;
}

/** An SVID that authorities vouch for */
export interface VerifiedSvid extends X509Svid {
  /**
   * Seconds since the epoch until which the result holds for the same chain and authorities, because no certificate
   * expires earlier
   */
  readonly verifiedUntil: number;
}

/**
 * Identity in a certificate whose key the peer has proved to hold.
 *
 * @param chain DER, the leaf first, the others in any order
 * @param now seconds since the epoch
 * @throws Refusal `client.unauthenticated`
 */
export function verifyX509Svid(chain: readonly Uint8Array[], bundle: TrustBundle, now: number): VerifiedSvid {
  const [leaf, ...others] = parsed(chain);
  const svid = svidOf(leaf, bundle.trustDomain, now);
  const authorities = bundle.x509Authorities.filter((authority) => mayVouch(authority, now));
  const between = others.filter((one) => mayVouch(one, now) && isOf(one, bundle.trustDomain));
  if (!isVouchedFor(leaf as Certificate, between, authorities)) {
    throw unauthenticated("no authority vouches for the certificate");
  }
  const ends = [...between, ...authorities].map(({ notAfter }) => notAfter);
  return { ...svid, verifiedUntil: Math.min(svid.expiresAt, ...ends) };
}

/**
 * Identity in a certificate whose chain and key the TLS endpoint in front has verified.
 *
 * @param leaf DER
 * @throws Refusal `client.unauthenticated`
 */
export function vouchedX509Svid(leaf: Uint8Array, trustDomain: string, now: number): X509Svid {
  return svidOf(parsed([leaf])[0], trustDomain, now);
}

function svidOf(leaf: Certificate | undefined, trustDomain: string, now: number): X509Svid {
  const spiffeId = leaf === undefined ? undefined : workloadOf(leaf, trustDomain);
  if (leaf === undefined || spiffeId === undefined || !isValid(leaf, now)) {
    throw unauthenticated("the certificate must be valid, of a workload of the trust domain, and no authority's");
  }
  const thumbprint = createHash("sha256").update(leaf.der).digest("base64url");
  return { spiffeId, thumbprint, expiresAt: leaf.notAfter };
}

function parsed(chain: readonly Uint8Array[]): readonly Certificate[] {
  if (chain.length > MOST_CERTIFICATES) throw unauthenticated(`a chain has at most ${MOST_CERTIFICATES} certificates`);
  try {
    return chain.map(certificateOf);
  } catch (error) {
    if (error instanceof MalformedDer) throw unauthenticated(error.message);
    throw error;
  }
}

/** X509-SVID sections 2 to 5 */
function workloadOf(leaf: Certificate, trustDomain: string): string | undefined {
  const { usage, uris } = leaf;
  const isLeaf = !leaf.isAuthority && usage?.signs === true && !usage.signsCertificates && !usage.signsRevocations;
  return isLeaf && isForClients(leaf) && uris.length === 1 ? workloadId(uris[0], trustDomain) : undefined;
}

function mayVouch(one: Certificate, now: number): boolean {
  return one.isAuthority && one.usage?.signsCertificates === true && isForClients(one) && isValid(one, now);
}

/** An authority that names a trust domain names this one, and no workload (X509-SVID section 3.2). */
function isOf({ uris }: Certificate, trustDomain: string): boolean {
  return uris.every((uri) => !/^spiffe:/i.test(uri) || uri === `spiffe://${trustDomain}`);
}

function isForClients({ extendedUsages }: Certificate): boolean {
  return extendedUsages === undefined || extendedUsages.some((usage) => CLIENT_USAGES.includes(usage));
}

/** An authority's clock may be ahead; a clock that is behind extends no certificate. */
function isValid({ notBefore, notAfter }: Certificate, now: number): boolean {
  return notBefore <= now + LIMITS.clockSkew.seconds && now < notAfter;
}

/** @throws Refusal if more signatures would have to be verified than any sound chain asks for */
function countedSignatures(): (one: Certificate, by: Certificate) => boolean {
  let left = MOST_SIGNATURES;
  return (one, by) => {
    if (!one.issuer.equals(by.subject)) return false;
    if (left === 0) throw unauthenticated(`a chain is verified by at most ${MOST_SIGNATURES} signatures`);
    left -= 1;
    return one.isSignedBy(by.publicKey);
  };
}

/**
 * Whether a path leads from the leaf to an authority. Each certificate is reached once: `below` is the number of
 * certificates between the one that is looked at and the leaf, and the nearest are looked at first.
 */
function isVouchedFor(
  leaf: Certificate,
  between: readonly Certificate[],
  authorities: readonly Certificate[],
): boolean {
  const isIssuedBy = countedSignatures();
  let frontier: readonly Certificate[] = [leaf];
  let unseen = between;
  for (let below = 0; frontier.length > 0; below += 1) {
    const signs = (by: Certificate): boolean => allows(by, below) && frontier.some((one) => isIssuedBy(one, by));
    if (authorities.some(signs)) return true;
    frontier = unseen.filter(signs);
    unseen = unseen.filter((one) => !frontier.includes(one));
  }
  return false;
}

function allows({ pathLength }: Certificate, below: number): boolean {
  return pathLength === undefined || below <= pathLength;
}

/** What is wrong goes into the log, never into the answer. */
function unauthenticated(detail: string): Refusal {
  return Refusal.of("client.unauthenticated", undefined, { cause: new Error(detail) });
}
