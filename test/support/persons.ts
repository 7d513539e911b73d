import { createHash } from "node:crypto";
import type { User } from "../../domain";
import type { KeyOwner, PersonKey, PersonKeys } from "../../runtime/store/persons/person-keys";
import { userDigest } from "../../runtime/store/user-digest";

/** Keys that follow from their owner, so that tests know what records have in the place of a person */
export const PERSONS: Pick<PersonKeys, "keyOf"> = { keyOf: personKey };

export function personKey(owner: KeyOwner): PersonKey {
  const digest = (use: string) => createHash("sha256").update(`${use} ${JSON.stringify(owner)}`);
  return {
    place: digest("place").digest("base64url"),
    secret: digest("secret").digest(),
    sealing: digest("sealing").digest(),
    pseudonym: digest("pseudonym").digest("base64url"),
  };
}

export function pseudonymOf(user: User): string {
  return personKey({ user: userDigest(user) }).pseudonym;
}
