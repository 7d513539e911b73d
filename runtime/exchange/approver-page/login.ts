import { createHash } from "node:crypto";
import { z } from "zod";
import { told } from "../../log";
import { Refusal } from "../../refusal/refusal";
import { onceKey } from "../../store/keys";
import { StoreConflict, StoreUnavailable } from "../../store/store";
import { cookie, cookieGone, cookiesOf } from "./cookies";
import type { PendingLogin } from "./identity-provider";
import { PageRefusal } from "./page-refusal";
import type { PageSessions } from "./page-sessions";
import type { PageSettings } from "./page-settings";
import type { ApproverPageParts } from "./parts";

/** Where the browser goes, with cookies */
export interface Onward {
  readonly to: string;
  readonly cookies: readonly string[];
}

interface Waiting extends PendingLogin {
  /** Path and query of the page that the person wanted */
  readonly to: string;
  /** Whole seconds since the epoch */
  readonly at: number;
}

const PREFIX = "__Host-ambit-login-";
const WAITING_SECONDS = 600;
/** Of all browsers together: each holds a connection to the identity provider, which strangers could have opened */
const MOST_UNDER_WAY = 16;
/** Tabs of one browser in which a person logs in at once */
const MOST_WAITING = 8;
const OWN_PATH = /^\/(requests|history)(\/[A-Za-z0-9_-]{43})?(\?[A-Za-z0-9=&%+._~-]{0,512})?$/;

const text = z.string().min(1).max(512);
const schema = z.strictObject({
  state: text,
  nonce: text,
  verifier: text,
  to: z.string().regex(OWN_PATH),
  at: z.int(),
});

/** The wanted page if it is ours, otherwise the list: never an open redirect. */
export function ownPath(wanted: string | null): string {
  return wanted !== null && OWN_PATH.test(wanted) ? wanted : "/requests";
}

/**
 * Logs people in. The pending login is kept in the browser's cookie, so requests of strangers write nothing to the
 * store.
 */
export class Login {
  private underWay = 0;

  constructor(
    private readonly parts: ApproverPageParts,
    private readonly sessions: PageSessions,
  ) {}

  /** @throws PageRefusal `page.unavailable` */
  public async begin(request: Request, settings: PageSettings, wanted: string | null): Promise<Onward> {
    const { provider, clock } = this.parts;
    const { url, pending } = await provider.begin(settings).catch((error: unknown) => {
      throw new PageRefusal(
        "page.unavailable",
        503,
        "No one can log in now",
        "The identity provider does not answer. Try again in a moment.",
        { to: "/sign-in", text: "Try again" },
        { cause: error },
      );
    });
    const waiting: Waiting = { ...pending, to: ownPath(wanted), at: clock() };
    const value = Buffer.from(JSON.stringify(waiting)).toString("base64url");
    const others = [...cookiesOf(request).keys()].filter((name) => name.startsWith(PREFIX));
    const tooMany = others.length >= MOST_WAITING ? others : [];
    return { to: url, cookies: [...tooMany.map(cookieGone), cookie(nameOf(pending.state), value, WAITING_SECONDS)] };
  }

  /**
   * The browser came back from the identity provider.
   *
   * @throws PageRefusal `page.login` if this browser has no such pending login, it was used, or the person is refused;
   *   `page.unavailable` if too many people log in at once
   */
  public async finish(request: Request, settings: PageSettings): Promise<Onward> {
    const { search, searchParams } = new URL(request.url);
    const state = searchParams.get("state") ?? "";
    const waiting = this.waitingFor(request, state);
    if (waiting === undefined) throw refused("This browser waits for no such login, or it took longer than 10 minutes");
    const person = await this.personOf(settings, search, waiting);
    const { store, epoch } = await this.parts.state();
    const { write, cookie: session } = this.sessions.begun(person, settings, epoch);
    const expiresAt = waiting.at + WAITING_SECONDS;
    const once = {
      kind: "put",
      key: onceKey("page-login", digestOf(state)),
      value: 1,
      expiresAt,
      when: "absent",
    } as const;
    await store.write([once, write]).catch((error: unknown) => {
      throw error instanceof StoreConflict ? refused("This login was used already", error) : error;
    });
    await this.sessions.end(request);
    return { to: waiting.to, cookies: [cookieGone(nameOf(state)), session] };
  }

  /** @throws PageRefusal `page.unavailable` where too many log in at once, before the identity provider is asked */
  private async personOf(settings: PageSettings, search: string, waiting: Waiting) {
    if (this.underWay >= MOST_UNDER_WAY) throw tooMany(waiting.to);
    this.underWay += 1;
    try {
      return await this.parts.people.of(await this.parts.provider.finish(settings, search, waiting));
    } catch (error) {
      if (error instanceof StoreUnavailable) throw error;
      this.parts.log("page.login-refused", { because: told(error) });
      throw refused(whyNot(error), error);
    } finally {
      this.underWay -= 1;
    }
  }

  private waitingFor(request: Request, state: string): Waiting | undefined {
    const value = cookiesOf(request).get(nameOf(state));
    const waiting = value === undefined ? undefined : waitingIn(value);
    if (waiting === undefined || waiting.state !== state) return undefined;
    return this.parts.clock() - waiting.at <= WAITING_SECONDS ? waiting : undefined;
  }
}

/** Reasons about the person's login are shown; other errors go to the log only. */
function whyNot(error: unknown): string {
  const reasons = error instanceof Refusal ? error.reasons : [];
  const said = reasons.map(({ what }) => what).join("; ");
  return `The identity provider did not log you in, or what it says of you does not hold${said === "" ? "" : ` (${said})`}`;
}

function waitingIn(value: string): Waiting | undefined {
  try {
    return schema.parse(JSON.parse(Buffer.from(value, "base64url").toString("utf8")));
  } catch {
    return undefined;
  }
}

/** Names no login to who sees the cookie's name alone */
function nameOf(state: string): `__Host-${string}` {
  return `${PREFIX}${digestOf(state).slice(0, 16)}`;
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

function tooMany(to: string): PageRefusal {
  const what = `${MOST_UNDER_WAY} people log in at this moment. Nothing was done: log in again in a moment.`;
  const way = { to: `/sign-in?to=${encodeURIComponent(to)}`, text: "Log in again" };
  return new PageRefusal("page.unavailable", 503, "No one can log in now", what, way);
}

function refused(what: string, cause?: unknown): PageRefusal {
  const way = { to: "/sign-in", text: "Log in again" };
  return new PageRefusal("page.login", 403, "You are not logged in", `${what}: log in again.`, way, { cause });
}
