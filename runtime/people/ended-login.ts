import { isOfEndedLogin } from "../session/ended-logins";
import { endedLoginsKey } from "../store/keys";
import type { StateStore } from "../store/store";
import type { AuthenticatedPerson } from "./person";

/**
 * Whether the identity provider has told that the person's logins have ended since this one.
 *
 * @throws StoreUnavailable
 */
export async function isEndedLogin(
  store: Pick<StateStore, "read">,
  { issuer, subject, authenticatedAt }: Pick<AuthenticatedPerson, "authenticatedAt" | "issuer" | "subject">,
): Promise<boolean> {
  const [item] = await store.read([endedLoginsKey({ issuer, subject })]);
  return item !== undefined && isOfEndedLogin(item, { issuedAt: Math.floor(authenticatedAt) });
}
