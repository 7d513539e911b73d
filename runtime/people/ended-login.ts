import { Refusal } from "../refusal/refusal";
import { isOfEndedLogin } from "../session/ended-logins";
import { endedLoginsKey } from "../store/keys";
import type { Item, StateStore, Write } from "../store/store";
import type { AuthenticatedPerson } from "./person";

/** A person's login, as far as it can end */
export type PersonLogin = Pick<AuthenticatedPerson, "authenticatedAt" | "issuer" | "subject">;

/**
 * Whether the identity provider has told that the person's logins have ended since this one.
 *
 * @throws StoreUnavailable
 */
export async function isEndedLogin(store: Pick<StateStore, "read">, login: PersonLogin): Promise<boolean> {
  return isEndedBy(await endOf(store, login), login);
}

/**
 * What makes the write of something that the person decides fail with StoreConflict where the identity provider tells meanwhile that the
 * person's logins have ended: then ask again.
 *
 * INVARIANT: what a person decides is written in one transaction with this, so that an end that was written first is never overlooked.
 *
 * @throws Refusal `person.stale-login` where it was told already
 * @throws StoreUnavailable
 */
export async function lastingLogin(store: Pick<StateStore, "read">, login: PersonLogin): Promise<Write> {
  const ended = await endOf(store, login);
  if (isEndedBy(ended, login)) throw endedLogin();
  const { issuer, subject } = login;
  const when = ended === undefined ? "absent" : { version: ended.version };
  return { kind: "check", key: endedLoginsKey({ issuer, subject }), when };
}

/** Of what a person asks for by a login that has ended */
export function endedLogin(): Refusal {
  return Refusal.of("person.stale-login", "the identity provider has ended the login");
}

async function endOf(
  store: Pick<StateStore, "read">,
  { issuer, subject }: Pick<PersonLogin, "issuer" | "subject">,
): Promise<Item | undefined> {
  const [item] = await store.read([endedLoginsKey({ issuer, subject })]);
  return item;
}

function isEndedBy(item: Item | undefined, { authenticatedAt }: Pick<PersonLogin, "authenticatedAt">): boolean {
  return item !== undefined && isOfEndedLogin(item, { issuedAt: Math.floor(authenticatedAt) });
}
