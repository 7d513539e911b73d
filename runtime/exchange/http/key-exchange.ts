/** Every client of TLS 1.3 has at least one of them (RFC 8446 section 9.1). */
const QUICK = "X25519:P-256";
/** Keeps what is recorded today from quantum computers (draft-ietf-tls-ecdhe-mlkem) */
const HYBRID = `X25519MLKEM768:${QUICK}`;
/** The first that has ML-KEM. Trying it out would leave an error for the next call of OpenSSL. */
const HYBRID_SINCE = [3, 5] as const;

/**
 * The groups in which keys are agreed on. A client chooses among what is offered, and OpenSSL offers some by default that keep the
 * server busy a hundred times as long, before a client has proved anything: `ffdhe8192`, or P-521 and P-384 as Node builds them.
 *
 * @param version of OpenSSL, such as `3.0.19`
 */
export function keyExchangeGroups(version: string = process.versions.openssl): string {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [sinceMajor, sinceMinor] = HYBRID_SINCE;
  const isKnown = major > sinceMajor || (major === sinceMajor && minor >= sinceMinor);
  return isKnown ? HYBRID : QUICK;
}
