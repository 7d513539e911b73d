import { createHash } from "node:crypto";
import type { User } from "../../domain";

/** Names a user in keys and records, which are no place for who somebody is */
export function userDigest({ issuer, subject }: User): string {
  return createHash("sha256")
    .update(JSON.stringify([issuer, subject]))
    .digest("base64url");
}
