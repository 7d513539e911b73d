/** With an exponent of 1 the signature is the message itself. */
const SMALLEST = 3n;
/** As Go's crypto/rsa, which SPIRE uses: the time to verify grows with the exponent, and OpenSSL takes any up to 3,072 bits. */
const LARGEST = 2n ** 31n - 1n;

/** Whether verifying with this public exponent proves something, and takes no longer than usual */
export function isUsualExponent(exponent: bigint): boolean {
  return exponent >= SMALLEST && exponent <= LARGEST;
}
