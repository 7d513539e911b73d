/** Order of the field, RFC 8032 section 5.1 */
const PRIME = 2n ** 255n - 19n;

/** With its negative, the points of order 8 */
const ORDER_8 = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;

/** Points of small order (dividing 8), by their y: with such a key, some signatures verify for every message. */
const SMALL_ORDER: readonly bigint[] = [0n, 1n, PRIME - 1n, ORDER_8, PRIME - ORDER_8];

/** Whether this is a canonically encoded point of the prime-order subgroup, so that a private key exists for it */
export function isWholeOrderPoint(encoded: Buffer): boolean {
  if (encoded.length !== 32) return false;
  const littleEndian = Buffer.from(encoded).reverse();
  const y = BigInt.asUintN(255, BigInt(`0x${littleEndian.toString("hex")}`));
  return y < PRIME && !SMALL_ORDER.includes(y);
}
