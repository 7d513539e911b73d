import { hash } from "node:crypto";

/** Claim `body` of a token that is good for one body alone: SHA-256 of its UTF-8 in base64url */
export function bodyDigest(body: string): string {
  return hash("sha256", body, "base64url");
}
