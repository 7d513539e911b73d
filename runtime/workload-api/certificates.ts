import { X509Certificate } from "node:crypto";

const SEQUENCE = 0x30;
/** No certificate is larger: its length has at most two octets. */
const MOST_LENGTH_OCTETS = 2;

/**
 * X.509 certificates in DER, one after the other.
 *
 * @throws Error if something else is among them
 */
export function certificatesInDer(der: Buffer): readonly X509Certificate[] {
  const found: X509Certificate[] = [];
  for (let at = 0; at < der.length;) {
    const end = at + lengthAt(der, at);
    if (end > der.length) throw new Error("certificates must be DER, got one that breaks off");
    found.push(new X509Certificate(der.subarray(at, end)));
    at = end;
  }
  return found;
}

/**
 * X.509 certificates in PEM, in order; other text is ignored.
 *
 * @throws Error for a malformed certificate
 */
export function certificatesInPem(pem: string): readonly X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}

export function pemOf(certificates: readonly X509Certificate[]): string {
  return certificates.map((certificate) => certificate.toString()).join("");
}

/** Bytes of the DER element that begins here, its head included */
function lengthAt(der: Buffer, at: number): number {
  const first = der[at + 1];
  if (der[at] !== SEQUENCE || first === undefined) throw new Error("certificates must be DER, got something else");
  if (first < 0x80) return 2 + first;
  const octets = first & 0x7f;
  if (octets === 0 || octets > MOST_LENGTH_OCTETS || at + 2 + octets > der.length) {
    throw new Error(`certificates must be DER with a length of 1 or ${MOST_LENGTH_OCTETS} octets, got ${octets}`);
  }
  return 2 + octets + der.readUIntBE(at + 2, octets);
}
