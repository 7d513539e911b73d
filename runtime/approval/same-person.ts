import type { User } from "../../domain";

/**
 * Whether two names are of one person. Identity providers are compared as addresses (RFC 3986 section 6.2): scheme and host in any case,
 * the default port written or not, with or without slashes at the end. Subjects are compared as they are (OpenID Connect Core section 2).
 */
export function isSamePerson(one: User, other: User): boolean {
  return one.subject === other.subject && addressOf(one.issuer) === addressOf(other.issuer);
}

function addressOf(issuer: string): string {
  return (URL.canParse(issuer) ? new URL(issuer).href : issuer).replace(/\/+$/, "");
}
