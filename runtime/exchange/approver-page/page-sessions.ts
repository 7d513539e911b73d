import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { Clock } from "../../clock";
import type { AuthenticatedPerson } from "../../people/person";
import { pageSessionKey } from "../../store/keys";
import type { Write } from "../../store/store";
import { cookie, cookieGone, cookiesOf } from "./cookies";
import type { ApproverPageParts } from "./parts";

/** A browser in which a person is signed in */
export interface PageSession {
  /** By which the store knows it: the digest of what the cookie holds */
  readonly digest: string;
  readonly person: AuthenticatedPerson;
  /** Known to no page: the tokens of forms are made with it */
  readonly secret: string;
}

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
  authenticatedAt: z.int().min(0),
});

/** Kept in the store, so that each process knows them, and signing out ends one everywhere. The cookie holds 256 random bits. */
export class PageSessions {
  constructor(private readonly props: Pick<ApproverPageParts, "state"> & { readonly clock: Clock }) {}

  /** Of the browser; undefined where no person is signed in */
  public async of(request: Request): Promise<PageSession | undefined> {
    const digest = digestIn(request);
    if (digest === undefined) return undefined;
    const { store, epoch } = await this.props.state();
    const [item] = await store.read([pageSessionKey(epoch, digest)]);
    if (item === undefined) return undefined;
    const { secret, email, groups, ...who } = schema.parse(item.value);
    return { digest, secret, person: { ...who, email: email ?? undefined, groups: new Set(groups) } };
  }

  /** A new one, never one that the browser had before. */
  public begun(
    { issuer, subject, email, groups, authenticatedAt }: AuthenticatedPerson,
    epoch: number,
  ): { readonly write: Write; readonly cookie: string } {
    const id = randomBytes(BYTES).toString("base64url");
    const secret = randomBytes(BYTES).toString("base64url");
    const value = { secret, issuer, subject, email: email ?? null, groups: [...groups], authenticatedAt };
    const expiresAt = this.props.clock() + SESSION_SECONDS;
    return {
      write: { kind: "put", key: pageSessionKey(epoch, digestOf(id)), value, expiresAt, when: "absent" },
      cookie: cookie(NAME, id, SESSION_SECONDS),
    };
  }

  /** In all processes; @returns the cookie that makes the browser forget it */
  public async end({ digest }: PageSession): Promise<string> {
    const { store, epoch } = await this.props.state();
    await store.write([{ kind: "delete", key: pageSessionKey(epoch, digest), when: "any" }]);
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

function digestIn(request: Request): string | undefined {
  const id = cookiesOf(request).get(NAME);
  return id !== undefined && ID.test(id) ? digestOf(id) : undefined;
}

function digestOf(id: string): string {
  return createHash("sha256").update(id).digest("base64url");
}
