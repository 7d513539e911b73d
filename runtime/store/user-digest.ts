import { hash } from "node:crypto";
import type { User } from "../../domain";

/** Users whose digests are kept: one request asks for the same one several times */
const MOST_KNOWN = 1_024;

const known = new Map<string, string>();

/** Names a user in keys and records, which are no place for who somebody is */
export function userDigest({ issuer, subject }: User): string {
  const name = JSON.stringify([issuer, subject]);
  const before = known.get(name);
  if (before !== undefined) return before;
  if (known.size >= MOST_KNOWN) known.clear();
  const digest = hash("sha256", name, "base64url");
  known.set(name, digest);
  return digest;
}
