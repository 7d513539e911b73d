import { hash } from "node:crypto";
import type { User } from "../../domain";

/** Users whose digests are kept: one request asks for the same one several times */
const MOST_KNOWN = 1_024;

const known = new Map<string, string>();
/** The same object is asked about again and again. */
const ofObject = new WeakMap<User, string>();

/** Names a user in keys and records, which must not identify a person */
export function userDigest(user: User): string {
  const known = ofObject.get(user);
  if (known !== undefined) return known;
  const digest = digestOf(user);
  if (Object.isFrozen(user)) ofObject.set(user, digest);
  return digest;
}

function digestOf({ issuer, subject }: User): string {
  const name = JSON.stringify([issuer, subject]);
  const before = known.get(name);
  if (before !== undefined) return before;
  if (known.size >= MOST_KNOWN) known.clear();
  const digest = hash("sha256", name, "base64url");
  known.set(name, digest);
  return digest;
}
