import { hash } from "node:crypto";
import type { JsonObject } from "./json";

/**
 * Names a public key by what makes it, in the order of the members' names (RFC 7638 section 3), with SHA-256.
 *
 * @param jwk of a key that {@link import("./verify").verificationKey} took: then it has no member of another kind of key
 */
export function thumbprint({ crv, e, kty, n, x, y }: JsonObject): string {
  return hash("sha256", JSON.stringify({ crv, e, kty, n, x, y }), "base64url");
}
