import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { BoundedMap } from "../bounded-map";
import { cookieOf } from "../cookie";
import type { PendingSignIn, UserTokens } from "./sign-in";

/** One browser */
export interface PageSession {
  readonly id: string;
  /** By the agent's name */
  readonly tokens: Map<string, UserTokens>;
  /** By `state` */
  readonly pending: BoundedMap<PendingSignIn>;
  /** Why the last sign-in failed, until the page has shown it */
  problem?: string | undefined;
}

const COOKIE = "ambit-development-page";
const MOST_SESSIONS = 64;
const SESSION_MILLISECONDS = 8 * 3_600_000;
const MOST_PENDING = 8;
const PENDING_MILLISECONDS = 600_000;

/** What each browser has signed in for. Tokens stay here: no script of a page sees one. */
export class PageSessions {
  private readonly sessions = new BoundedMap<PageSession>(MOST_SESSIONS, SESSION_MILLISECONDS);

  /** The browser's session; undefined if it has none */
  public of(request: IncomingMessage): PageSession | undefined {
    const own = cookieOf(request, COOKIE);
    return own === undefined ? undefined : this.sessions.get(own);
  }

  public begin(): PageSession {
    const id = randomBytes(32).toString("base64url");
    const session: PageSession = {
      id,
      tokens: new Map(),
      pending: new BoundedMap<PendingSignIn>(MOST_PENDING, PENDING_MILLISECONDS),
    };
    this.sessions.set(id, session);
    return session;
  }

  public end({ id }: PageSession): void {
    this.sessions.delete(id);
  }

  public cookie({ id }: PageSession): string {
    return `${COOKIE}=${id}; Path=/; HttpOnly; SameSite=Strict`;
  }
}
