import { hash } from "node:crypto";
import type { User } from "../../domain";

/** Names a user in keys and records, which are no place for who somebody is */
export function userDigest({ issuer, subject }: User): string {
  return hash("sha256", JSON.stringify([issuer, subject]), "base64url");
}
