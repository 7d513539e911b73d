import { type KeyObject, X509Certificate } from "node:crypto";
import { isUsualExponent } from "../jose/rsa-exponent";
import { elements, MalformedDer, only, tagged, TAGS } from "./der";
import { type Extensions, extensionsOf } from "./extensions";

/** A certificate as far as it matters to an SVID (RFC 5280 section 4.1, X509-SVID) */
export interface Certificate extends Extensions {
  readonly der: Buffer;
  readonly publicKey: KeyObject;
  /** Distinguished names, as encoded */
  readonly issuer: Buffer;
  readonly subject: Buffer;
  /** Seconds since the epoch */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Whether the key made this certificate's signature */
  isSignedBy(key: KeyObject): boolean;
}

/** Longer ones are not looked at */
const LONGEST_CERTIFICATE = 16_384;
const VERSION_3 = Buffer.from([0xa0, 0x03, 0x02, 0x01, 0x02]);
/** Bits. Larger ones take longer to verify with than any authority needs. */
const RSA_BITS = { least: 2_048, most: 4_096 } as const;
const PRESENTED_CURVES: readonly unknown[] = ["prime256v1", "secp384r1"];
/** Of a trust bundle, whose keys no client chooses. P-521 takes twenty times as long to verify with as P-256. */
const AUTHORITY_CURVES: readonly unknown[] = [...PRESENTED_CURVES, "secp521r1"];
/** SHA-256, SHA-384 and SHA-512, by ECDSA (RFC 5758) and by RSA (RFC 4055) */
const SIGNATURES: readonly string[] = [
  "06082a8648ce3d040302",
  "06082a8648ce3d040303",
  "06082a8648ce3d040304",
  "06092a864886f70d01010b0500",
  "06092a864886f70d01010c0500",
  "06092a864886f70d01010d0500",
];

/**
 * One that a client presents.
 *
 * @throws MalformedDer also if its key or its signature is of a kind that is not accepted
 */
export function certificateOf(bytes: Uint8Array): Certificate {
  return read(bytes, PRESENTED_CURVES);
}

/**
 * One that a trust bundle lists.
 *
 * @throws MalformedDer also if its key or its signature is of a kind that is not accepted
 */
export function authorityOf(bytes: Uint8Array): Certificate {
  return read(bytes, AUTHORITY_CURVES);
}

function read(bytes: Uint8Array, curves: readonly unknown[]): Certificate {
  if (bytes.length > LONGEST_CERTIFICATE)
    throw new MalformedDer(`a certificate has at most ${LONGEST_CERTIFICATE} bytes`);
  const der = Buffer.from(bytes);
  const [body, algorithm] = elements(only(der, TAGS.sequence).content);
  const fields = elements(tagged(body, TAGS.sequence).content);
  const [version, , signature, issuer, , subject] = fields;
  if (version === undefined || !version.whole.equals(VERSION_3))
    throw new MalformedDer("a certificate must be of version 3");
  const known = SIGNATURES.includes(tagged(signature, TAGS.sequence).content.toString("hex"));
  if (!known || !algorithm?.whole.equals(tagged(signature, TAGS.sequence).whole)) {
    throw new MalformedDer("a certificate must be signed with ECDSA or RSA and SHA-256, SHA-384 or SHA-512");
  }
  const { x509, publicKey } = parsed(der, curves);
  return {
    der,
    publicKey,
    issuer: tagged(issuer, TAGS.sequence).whole,
    subject: tagged(subject, TAGS.sequence).whole,
    notBefore: seconds(x509.validFrom),
    notAfter: seconds(x509.validTo),
    isSignedBy: (key) => verifies(x509, key),
    ...extensionsOf(fields.slice(7)),
  };
}

/** What OpenSSL reads, which must be the same bytes */
function parsed(
  der: Buffer,
  curves: readonly unknown[],
): { readonly x509: X509Certificate; readonly publicKey: KeyObject } {
  let x509: X509Certificate;
  let publicKey: KeyObject;
  try {
    x509 = new X509Certificate(der);
    publicKey = x509.publicKey;
  } catch (error) {
    throw new MalformedDer("the certificate cannot be read", { cause: error });
  }
  if (!isAccepted(publicKey, curves)) {
    throw new MalformedDer(
      "a certificate's key must be EC on P-256 or P-384 (an authority's P-521 too), or RSA of 2,048 to 4,096 bits with an exponent below 2^31",
    );
  }
  if (!x509.raw.equals(der)) throw new MalformedDer("the certificate must be in DER");
  return { x509, publicKey };
}

/**
 * Whether a certificate has a key that no SVID has. It may be slow to verify with; so may one that cannot be parsed
 * here, because TLS has parsed it itself.
 *
 * @param bytes DER that TLS has accepted
 */
export function hasOddKey(bytes: Uint8Array): boolean {
  try {
    return !isAccepted(new X509Certificate(bytes).publicKey, PRESENTED_CURVES);
  } catch {
    return true;
  }
}

/** Before any signature is verified: the sender of a certificate chooses how long that takes. */
function isAccepted(key: KeyObject, curves: readonly unknown[]): boolean {
  const { asymmetricKeyType, asymmetricKeyDetails = {} } = key;
  const { namedCurve, modulusLength = 0, publicExponent = 0n } = asymmetricKeyDetails;
  if (asymmetricKeyType !== "rsa") return curves.includes(namedCurve);
  const { least, most } = RSA_BITS;
  return modulusLength >= least && modulusLength <= most && isUsualExponent(publicExponent);
}

/** A key of another kind than the signature's is a failure for OpenSSL. */
function verifies(x509: X509Certificate, key: KeyObject): boolean {
  try {
    return x509.verify(key);
  } catch {
    return false;
  }
}

function seconds(date: string): number {
  const milliseconds = Date.parse(date);
  if (Number.isNaN(milliseconds)) throw new MalformedDer(`a certificate's time must be a date, got ${date}`);
  return milliseconds / 1_000;
}
