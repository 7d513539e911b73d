import type { Json } from "../../../domain";
import { digestOf } from "../finding";

/** Users that a finding names; of all of them together, it has a digest */
const NAMED = 20;

/** Who shares an identity, as evidence: another one with each user, and of a length that reports can hold */
export function namedUsers(users: readonly string[]): Json {
  return users.length > NAMED ? [...users.slice(0, NAMED), users.length, digestOf(users)] : users;
}
