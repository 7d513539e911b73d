import { LONGEST_REASON } from "../../approval/approval-record";
import type { ShownApproval } from "../../approval/shown-approval";
import { Refusal } from "../../refusal/refusal";
import type { Form } from "../../token/token-answer";
import { only, readForm } from "../http/body";
import { approvedBefore, formerRequests, openRequests } from "./found-requests";
import { PageRefusal } from "./page-refusal";
import { formToken, isFormToken, type PageSession } from "./page-sessions";
import type { PageSettings } from "./page-settings";
import type { ApproverPageParts } from "./parts";
import { decideForm, HAS_READ, knownOf, loginAgain, notYours } from "./view/decide-view";
import type { Html } from "./view/layout";
import { historyView, openView } from "./view/list-view";
import { requestView } from "./view/request-view";

const MOST_PAGES = 1_000;
const LONGEST_SEARCH = 128;
const VERDICTS = ["approved", "refused"] as const;
const CURSOR = /^[0-9]{1,32}#[A-Za-z0-9_-]{43}$/;
/** Refusals that must not reveal that the request exists */
const UNSEEN: readonly string[] = ["decide.other-group", "decide.unknown"];

export interface Shown {
  readonly title: string;
  readonly status: number;
  readonly body: Html;
}

/** What was sent with the last form, where it was not taken */
interface Sent {
  readonly problem: string;
  readonly reason: string;
}

interface Decision {
  readonly digest: string;
  readonly verdict: (typeof VERDICTS)[number];
  readonly reason: string;
  /** Whether the person says that all of it was read */
  readonly read: boolean;
  /** What the page said of the session that asks */
  readonly known: string;
}

/** Shows requests to a person, and takes what the person decides. */
export class Requests {
  constructor(private readonly parts: Pick<ApproverPageParts, "clock" | "desk">) {}

  public async open({ person }: PageSession, query: URLSearchParams): Promise<Shown> {
    const search = searchIn(query);
    const page = pageIn(query.get("page"));
    const found = await openRequests(this.parts.desk, person, { search, page });
    return { title: "Open requests", status: 200, body: openView({ ...found, search, page, now: this.parts.clock() }) };
  }

  public async history({ person }: PageSession, query: URLSearchParams): Promise<Shown> {
    const search = searchIn(query);
    const cursor = query.get("after") ?? "";
    const after = CURSOR.test(cursor) ? cursor : undefined;
    const found = await formerRequests(this.parts.desk, person, { search, after });
    return { title: "History", status: 200, body: historyView({ ...found, search, now: this.parts.clock() }) };
  }

  /** @throws PageRefusal `page.no-request` */
  public async one(session: PageSession, settings: PageSettings, handle: string): Promise<Shown> {
    return this.shown(handle, session, settings);
  }

  /**
   * Take a decision on exactly what was shown.
   *
   * @returns the request and why nothing was decided; undefined if the decision was taken
   * @throws PageRefusal `page.form`, `page.stale-login`, `page.no-request`
   */
  public async decide(
    session: PageSession,
    settings: PageSettings,
    handle: string,
    request: Request,
  ): Promise<Shown | undefined> {
    const { read, known, ...decision } = decisionIn(await readForm(request), session, handle);
    const { verdict, reason } = decision;
    if (this.isStale(session, settings)) throw staleLogin(handle);
    if (verdict === "refused" && reason === "") {
      const problem = "Nothing was decided: write a reason to refuse.";
      return this.shown(handle, session, settings, { problem, reason });
    }
    if (verdict === "approved" && !read) {
      const problem = "Nothing was decided: read all of the arguments, and tick that you have.";
      return this.shown(handle, session, settings, { problem, reason });
    }
    try {
      if (verdict === "approved" && known !== knownOf(await this.parts.desk.show(session.person, handle))) {
        const problem = "Nothing was decided: a session that has read more asks for the same now. Look again.";
        return await this.shown(handle, session, settings, { problem, reason });
      }
      await this.parts.desk.decide(session.person, handle, decision);
      return undefined;
    } catch (error) {
      if (isOfEnded(error)) throw endedLogin(handle);
      const why = whyNot(error);
      if (why === undefined) throw error;
      return this.shown(handle, session, settings, { problem: `Nothing was decided now: ${why}.`, reason });
    }
  }

  private async shown(handle: string, session: PageSession, settings: PageSettings, sent?: Sent): Promise<Shown> {
    const { desk, clock } = this.parts;
    const whole = await desk.show(session.person, handle).catch((error: unknown) => {
      throw unseen(error);
    });
    const { agent, tool, action } = whole;
    const body = requestView({
      whole,
      before: await approvedBefore(desk, session.person, whole),
      now: clock(),
      problem: sent?.problem,
      ending: this.ending(whole, session, settings, sent?.reason ?? ""),
    });
    return { title: `${agent}: ${tool}.${action}`, status: sent === undefined ? 200 : 409, body };
  }

  private ending(whole: ShownApproval, session: PageSession, settings: PageSettings, reason: string): Html | "" {
    if (whole.status !== "pending") return "";
    if (whole.notYours !== null) {
      return notYours(whole.notYours, whyNot(Refusal.of(whole.notYours)) ?? whole.notYours);
    }
    if (this.isStale(session, settings)) return loginAgain(whole, settings.recentLoginSeconds);
    return decideForm(whole, { token: formToken(session, "decide", whole.id, whole.digest), reason });
  }

  private isStale({ person }: PageSession, { recentLoginSeconds }: PageSettings): boolean {
    return this.parts.clock() - person.authenticatedAt > recentLoginSeconds;
  }
}

/** @throws PageRefusal `page.form` if it is not the form that this session got for this request */
function decisionIn(form: Form, session: PageSession, handle: string): Decision {
  const names = ["digest", "token", "verdict", "reason", "known"];
  const [digest = "", token = "", verdict, reason = "", known = ""] = names.map((name) => only(form, name));
  const said = VERDICTS.find((each) => each === verdict);
  if (!isFormToken(session, token, "decide", handle, digest) || said === undefined || reason.length > LONGEST_REASON) {
    const what =
      "Nothing was decided: the form is of another login or another request, as when you logged in anew in another tab. Look at the request again.";
    throw new PageRefusal("page.form", 403, "Nothing was decided", what, {
      to: `/requests/${handle}`,
      text: "Show the request",
    });
  }
  return { digest, verdict: said, reason: reason.trim(), read: only(form, HAS_READ) === "yes", known };
}

/** Why the desk refused the decision, for the person; undefined for other errors */
function whyNot(error: unknown): string | undefined {
  const [reason] = error instanceof Refusal ? error.reasons : [];
  return reason?.code.startsWith("decide.") ? `${reason.what}: ${reason.fix}` : undefined;
}

function unseen(error: unknown): unknown {
  const why = whyNot(error);
  if (why === undefined) return error;
  const [code = ""] = (error as Refusal).reasons.map((reason) => reason.code as string);
  const none = "There is no such request, it is over since long, or no group of yours decides on it";
  const what = UNSEEN.includes(code) ? none : `It is not shown to you, as ${why}`;
  return new PageRefusal("page.no-request", 404, "No such request", `${what}.`);
}

/** Whether the identity provider has ended the login while the person decided */
function isOfEnded(error: unknown): boolean {
  return error instanceof Refusal && error.message === "person.stale-login";
}

function endedLogin(handle: string): PageRefusal {
  return loginOnceMore(handle, "your identity provider has ended your login");
}

function staleLogin(handle: string): PageRefusal {
  return loginOnceMore(handle, "your login is too long ago");
}

function loginOnceMore(handle: string, because: string): PageRefusal {
  const what = `Nothing was decided: ${because}. Log in again, and decide then.`;
  const to = `/sign-in?to=${encodeURIComponent(`/requests/${handle}`)}`;
  return new PageRefusal("page.stale-login", 403, "Log in again", what, { to, text: "Log in again" });
}

function searchIn(query: URLSearchParams): string {
  return (query.get("search") ?? "").slice(0, LONGEST_SEARCH).trim();
}

function pageIn(text: string | null): number {
  const page = /^[1-9]\d{0,3}$/.test(text ?? "") ? Number(text) : 1;
  return Math.min(page, MOST_PAGES);
}
