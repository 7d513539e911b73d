import type { Key } from "../store";

/** Digest of a user, or of something with a user in it: SHA-256 in base64url, which nothing else at its place has */
const DIGEST = /^[\w-]{43}$/;
/** Of a request, to the last argument */
const REQUEST = /^sha256%3A[0-9a-f]{64}$/;

/** By kind of partition: which of its parts may identify a person, and its format (store/keys.ts) */
const PARTS: Readonly<Record<string, readonly [part: number, names: RegExp]>> = {
  session: [3, DIGEST],
  approvals: [2, DIGEST],
  approval: [2, REQUEST],
  "ended-logins": [1, DIGEST],
};
const OF_USER = "user#";
/** Prefix of a name, so that it cannot be mistaken for a digest */
const NAME = "p.";

/**
 * The key under which an item lies: an unkeyed digest of a user or a request is replaced by its keyed name. A keyed name
 * stays.
 *
 * @param nameOf see PersonKeys
 */
export function namedKey(key: Key, nameOf: (digest: string) => string): Key {
  const { partition, sort } = key;
  if (partition === "revoked") {
    const digest = sort.slice(OF_USER.length);
    return sort.startsWith(OF_USER) && DIGEST.test(digest)
      ? { partition, sort: `${OF_USER}${NAME}${nameOf(digest)}` }
      : key;
  }
  const end = partition.indexOf("#");
  const [part, names] = PARTS[partition.slice(0, end)] ?? [];
  if (part === undefined || names === undefined) return key;
  const parts = partition.split("#");
  const digest = parts[part];
  if (digest === undefined || !names.test(digest)) return key;
  parts[part] = `${NAME}${nameOf(digest)}`;
  return { partition: parts.join("#"), sort };
}
