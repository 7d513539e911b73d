import { SIGNATURE_BYTES, SignerError } from "./signer";

const HALF = SIGNATURE_BYTES / 2;
const SEQUENCE = 0x30;
const INTEGER = 0x02;
const NEGATIVE = 0x80;

/**
 * An ECDSA signature as KMS gives it (DER, RFC 3279: a sequence of r and s) as JWS has it: r and s, 32 bytes each.
 * DER writes an integer as short as it can, with a zero in front where its first bit is set.
 */
export function rawSignature(der: Uint8Array): Uint8Array {
  // Both integers of P-256 fit into one length byte.
  if (der.length < 2 || der[0] !== SEQUENCE || der[1] !== der.length - 2) throw malformed(der);
  const raw = new Uint8Array(SIGNATURE_BYTES);
  const end = integerInto(raw.subarray(0, HALF), der, 2);
  if (integerInto(raw.subarray(HALF), der, end) !== der.length) throw malformed(der);
  return raw;
}

/** Writes the integer that begins at `at` right-aligned into `half`; where it ends. */
function integerInto(half: Uint8Array, der: Uint8Array, at: number): number {
  const length = der[at + 1] ?? 0;
  const start = at + 2;
  const bytes = der.subarray(start, start + length);
  const [first = NEGATIVE, second = 0] = bytes;
  const padded = first === 0;
  const sound = der[at] === INTEGER && bytes.length === length && length > 0 && first < NEGATIVE;
  // Zero itself is no part of a signature, and a zero in front of a positive byte is not DER.
  if (!sound || (padded && second < NEGATIVE)) throw malformed(der);
  const digits = padded ? bytes.subarray(1) : bytes;
  if (digits.length > HALF) throw malformed(der);
  half.set(digits, HALF - digits.length);
  return start + length;
}

function malformed(der: Uint8Array): SignerError {
  return new SignerError(
    `the signature must be DER of two integers of 32 bytes, got ${Buffer.from(der).toString("hex")}`,
  );
}
