/** Percent-encoded characters that mean the same written out (RFC 3986 section 2.3) */
const ENCODED = /%([0-9a-f]{2})/gi;
const UNRESERVED = /^[\w.~-]$/;

/**
 * What an issuer is compared by, where two spellings must not be two issuers. As RFC 3986 section 6.2 compares addresses: scheme and host
 * in any case, addresses of IPv4 in any form, the default port written or not, without `.` and `..`, and letters, digits, `-`, `.`, `_` and
 * `~` encoded or not; besides, with or without a dot behind the host and slashes at the end. What is no address is compared as it is.
 */
export function issuerAddress(issuer: string): string {
  const plain = issuer.replace(ENCODED, (encoded, digits: string) => {
    const character = String.fromCharCode(parseInt(digits, 16));
    return UNRESERVED.test(character) ? character : encoded.toUpperCase();
  });
  if (!URL.canParse(plain)) return issuer.replace(/\/+$/, "");
  const url = new URL(plain);
  if (url.hostname.endsWith(".")) url.hostname = url.hostname.replace(/\.+$/, "");
  return url.href.replace(/\/+$/, "");
}

/** An issuer as IAM writes it: condition keys and provider ARNs leave out the scheme. */
export function withoutScheme(issuerUrl: string): string {
  return issuerUrl.replace(/^https:\/\//, "");
}
