import { domainToASCII } from "node:url";
import type { User } from "../../domain";
import { isSamePerson } from "./same-person";

/** An account, with the e-mail address that its issuer has verified, where that is known */
export interface Account extends User {
  readonly email?: string | null | undefined;
}

/**
 * Whether two accounts may be of one person: the same one, or of one mailbox, at any issuers. A subject that is an address is compared
 * as one too.
 */
export function mayBeOnePerson(one: Account, other: Account): boolean {
  if (isSamePerson(one, other)) return true;
  const known = mailboxesOf(one);
  return mailboxesOf(other).some((mailbox) => known.includes(mailbox));
}

export function mailboxesOf({ email, subject }: Account): readonly string[] {
  return [email ?? undefined, subject].flatMap((address) => (address === undefined ? [] : (mailboxOf(address) ?? [])));
}

/**
 * The mailbox that an address leads to: without case, what stands behind a plus sign (RFC 5233), quotes and blanks, the domain in ASCII
 * (RFC 5890). Undefined for what is no address.
 */
export function mailboxOf(address: string): string | undefined {
  const plain = address.normalize("NFKC").trim();
  const at = plain.lastIndexOf("@");
  if (at < 1) return undefined;
  const local = plain.slice(0, at).replace(/^"(.*)"$/, "$1");
  const plus = local.indexOf("+", 1);
  const domain = domainToASCII(plain.slice(at + 1).replace(/\.+$/, ""));
  return domain === "" ? undefined : `${(plus === -1 ? local : local.slice(0, plus)).toLowerCase()}@${domain}`;
}
