import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { Clock } from "../../clock";
import { isEndedLogin } from "../../people/ended-login";
import type { AuthenticatedPerson } from "../../people/person";
import { pageSessionKey } from "../../store/keys";
import type { Write } from "../../store/store";
import { cookie, cookieGone, cookiesOf } from "./cookies";
import type { PageSettings } from "./page-settings";
import type { ApproverPageParts } from "./parts";

/** A browser in which a person is signed in */
export interface PageSession {
  readonly person: AuthenticatedPerson;
  /** Known to no page: the tokens of forms are made with it */
  readonly secret: string;
}

/** Settings under which the person logged in: after a change, the session's groups are no longer valid. */
type KnownBy = Pick<PageSettings, "clientId" | "groupsClaim" | "issuer">;

/** The longest that a login may be good for (people.recentLogin), so that no session ends sooner than what it may do */
const SESSION_SECONDS = 3_600;
const NAME = "__Host-ambit-approver";
const ID = /^[A-Za-z0-9_-]{43}$/;
const BYTES = 32;

const text = z.string().min(1);
const schema = z.strictObject({
  secret: text,
  issuer: text,
  subject: text,
  email: text.nullable(),
  groups: z.array(text),
  /** OpenID Connect Core 1.0 section 2: a JSON number, which may have a fraction */
  authenticatedAt: z.number().min(0),
  /** Missing in sessions of an earlier version of the exchange, which are not accepted */
  knownBy: z.strictObject({ issuer: text, clientId: text, groupsClaim: text }).exactOptional(),
});

/** Kept in the store, so that each process knows them, and signing out ends one everywhere. The cookie holds 256 random bits. */
export class PageSessions {
  constructor(private readonly props: Pick<ApproverPageParts, "state"> & { readonly clock: Clock }) {}

  /** Of the browser; undefined if no person is signed in, by other means than the registry in force names, or by a login that has ended */
  public async of(request: Request, settings: KnownBy): Promise<PageSession | undefined> {
    const digest = digestIn(request);
    if (digest === undefined) return undefined;
    const { store, epoch } = await this.props.state();
    const [item] = await store.read([pageSessionKey(epoch, digest)]);
    if (item === undefined) return undefined;
    const { secret, email, groups, knownBy, ...who } = schema.parse(item.value);
    if (knownBy === undefined || !isSame(knownBy, settings) || (await isEndedLogin(store, who))) return undefined;
    return { secret, person: { ...who, email: email ?? undefined, groups: new Set(groups) } };
  }

  /** A new one, never one that the browser had before. */
  public begun(
    { issuer, subject, email, groups, authenticatedAt }: AuthenticatedPerson,
    { issuer: provider, clientId, groupsClaim }: KnownBy,
    epoch: number,
  ): { readonly write: Write; readonly cookie: string } {
    const id = randomBytes(BYTES).toString("base64url");
    const secret = randomBytes(BYTES).toString("base64url");
    const knownBy = { issuer: provider, clientId, groupsClaim };
    const value = { secret, issuer, subject, email: email ?? null, groups: [...groups], authenticatedAt, knownBy };
    const expiresAt = this.props.clock() + SESSION_SECONDS;
    return {
      write: { kind: "put", key: pageSessionKey(epoch, digestOf(id)), value, expiresAt, when: "absent" },
      cookie: cookie(NAME, id, SESSION_SECONDS),
    };
  }

  /** The one of the browser, in all processes; @returns the cookie that makes the browser forget it */
  public async end(request: Request): Promise<string> {
    const digest = digestIn(request);
    if (digest !== undefined) {
      const { store, epoch } = await this.props.state();
      await store.write([{ kind: "delete", key: pageSessionKey(epoch, digest), when: "any" }]);
    }
    return cookieGone(NAME);
  }
}

/** What a form of this session for exactly this carries: no other page can know it. */
export function formToken({ secret }: Pick<PageSession, "secret">, ...about: readonly string[]): string {
  return createHmac("sha256", secret).update(JSON.stringify(about)).digest("base64url");
}

export function isFormToken(session: Pick<PageSession, "secret">, token: string, ...about: readonly string[]): boolean {
  const [known, shown] = [formToken(session, ...about), token].map((each) => Buffer.from(each));
  return (known as Buffer).length === (shown as Buffer).length && timingSafeEqual(known as Buffer, shown as Buffer);
}

function isSame(one: KnownBy, other: KnownBy): boolean {
  return one.issuer === other.issuer && one.clientId === other.clientId && one.groupsClaim === other.groupsClaim;
}

function digestIn(request: Request): string | undefined {
  const id = cookiesOf(request).get(NAME);
  return id !== undefined && ID.test(id) ? digestOf(id) : undefined;
}

function digestOf(id: string): string {
  return createHash("sha256").update(id).digest("base64url");
}
