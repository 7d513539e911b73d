import type { User } from "../../domain";
import { issuerAddress } from "../../domain/issuer-address";

/**
 * Whether two names are of one person. Identity providers are compared as addresses, in any spelling; subjects as they are (OpenID Connect
 * Core section 2).
 */
export function isSamePerson(one: User, other: User): boolean {
  return one.subject === other.subject && issuerAddress(one.issuer) === issuerAddress(other.issuer);
}
