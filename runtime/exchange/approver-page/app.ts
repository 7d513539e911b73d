import { type Context, Hono } from "hono";
import { told } from "../../log";
import { Refusal } from "../../refusal/refusal";
import { only, readForm } from "../http/body";
import type { Environment } from "../http/parts";
import { PUSH_PATH } from "../signals/pushed-events";
import { guard, isOfHost, otherHost } from "./guard";
import { PAGE_HEADERS } from "./headers";
import { CALLBACK } from "./identity-provider";
import { Login, type Onward } from "./login";
import { PageRefusal } from "./page-refusal";
import { formToken, isFormToken, type PageSession, PageSessions } from "./page-sessions";
import type { PageSettings } from "./page-settings";
import type { ApproverPageParts } from "./parts";
import { Requests, type Shown } from "./requests";
import { layout } from "./view/layout";
import { toldView } from "./view/told-view";

/** As approvals are named */
const HANDLE = /^[A-Za-z0-9_-]{43}$/;
const SIGN_OUT = "sign-out";
const HTML = "text/html; charset=utf-8";

type Asked = Context<Environment>;

/** What a handler is given of who asks */
interface Signed {
  readonly session: PageSession;
  readonly settings: PageSettings;
}

/** The approvers' page, without any server. */
export function approverPage(parts: ApproverPageParts): Hono<Environment> {
  const sessions = new PageSessions(parts);
  const login = new Login(parts, sessions);
  const requests = new Requests(parts);
  const app = new Hono<Environment>();

  /** @throws PageRefusal `page.none` where the registry names no page, and those of the guard */
  const settingsOf = ({ req }: Asked): PageSettings => {
    const settings = parts.settings();
    if (settings === undefined) {
      throw new PageRefusal(
        "page.none",
        404,
        "No page",
        "The platform names no page for approvers: set people.host.",
        undefined,
      );
    }
    guard(req.raw, settings.origin);
    return settings;
  };
  const open = (handler: (asked: Asked, settings: PageSettings) => Promise<Response>) => (asked: Asked) =>
    handler(asked, settingsOf(asked));
  const signed = (handler: (asked: Asked, signed: Signed) => Promise<Response>) =>
    open(async (asked, settings) => {
      const session = await sessions.of(asked.req.raw, settings);
      if (session !== undefined) {
        asked.env.proven?.();
        return handler(asked, { session, settings });
      }
      const { pathname, search } = new URL(asked.req.url);
      const to = `/sign-in?to=${encodeURIComponent(`${pathname}${search}`)}`;
      if (asked.req.method !== "POST") return onward({ to, cookies: [] });
      const what = "Nothing was done: you are not logged in any more. Log in, and decide then.";
      throw new PageRefusal("page.signed-out", 401, "You are not logged in", what, { to, text: "Log in" });
    });

  // A load balancer looks whether the process answers, by its address.
  app.get("/live", () => new Response("ok", { headers: { ...PAGE_HEADERS, "content-type": "text/plain" } }));
  // Not sent by browsers, so of the browser checks only the host's applies.
  app.post(PUSH_PATH, async ({ req, env }) => {
    const settings = parts.settings();
    if (parts.pushed === undefined || settings === undefined) return refusedPage(noPage());
    if (!isOfHost(req.raw.headers, settings.origin)) return refusedPage(otherHost(settings.origin));
    const answered = await parts.pushed.answer(req.raw);
    if (answered.status === 202) env.proven?.();
    return answered;
  });
  app.get(
    "/",
    open(async () => onward({ to: "/requests", cookies: [] })),
  );
  app.get(
    "/sign-in",
    open(async ({ req }, settings) => onward(await login.begin(req.raw, settings, req.query("to") ?? null))),
  );
  app.get(
    CALLBACK,
    open(async ({ req }, settings) => onward(await login.finish(req.raw, settings))),
  );
  app.get(
    "/signed-out",
    open(async (_, settings) => signedOut(await parts.provider.leave(settings).catch(() => undefined))),
  );
  app.post(
    "/sign-out",
    signed(async ({ req }, { session }) => {
      if (!isFormToken(session, only(await readForm(req.raw), "token") ?? "", SIGN_OUT)) throw strangeForm();
      return onward({ to: "/signed-out", cookies: [await sessions.end(req.raw)] });
    }),
  );
  for (const [path, kind] of [
    ["/requests", "open"],
    ["/history", "history"],
  ] as const) {
    app.get(
      path,
      signed(async ({ req }, { session }) =>
        page(await requests[kind](session, new URL(req.url).searchParams), session),
      ),
    );
  }
  app.get(
    "/requests/:handle",
    signed(async ({ req }, { session, settings }) =>
      page(await requests.one(session, settings, handleIn(req.param("handle"))), session),
    ),
  );
  app.post(
    "/requests/:handle",
    signed(async ({ req }, { session, settings }) => {
      const handle = handleIn(req.param("handle"));
      const shown = await requests.decide(session, settings, handle, req.raw);
      return shown === undefined ? onward({ to: `/requests/${handle}`, cookies: [] }) : page(shown, session);
    }),
  );
  app.notFound(() => refusedPage(noPage()));
  app.onError((error, { req }) => {
    const refusal = asPageRefusal(error);
    const because = error === refusal ? error.cause : error;
    parts.log("page.refused", {
      code: refusal.code,
      path: req.path.split("/")[1] ?? "",
      ...(because !== undefined && { because: told(because) }),
    });
    return refusedPage(refusal);
  });
  return app;
}

function asPageRefusal(error: unknown): PageRefusal {
  if (error instanceof PageRefusal) return error;
  if (error instanceof Refusal && error.error !== "temporarily_unavailable") {
    return new PageRefusal(
      "page.form",
      400,
      "Nothing was done",
      `What was sent cannot be read: ${error.reasons[0]?.what ?? ""}`,
    );
  }
  const what =
    "Nothing is known for certain: what you did may have been done or not. Look at the request again in a moment.";
  return new PageRefusal("page.unavailable", 503, "Not available now", what);
}

/** @throws PageRefusal `page.no-request` if it is not a handle */
function handleIn(text: string | undefined): string {
  if (text !== undefined && HANDLE.test(text)) return text;
  throw new PageRefusal("page.no-request", 404, "No such request", "There is no such request.");
}

function noPage(): PageRefusal {
  return new PageRefusal("page.none", 404, "No such page", "There is no such page.");
}

function strangeForm(): PageRefusal {
  return new PageRefusal("page.form", 403, "Nothing was done", "The form is of another login.");
}

async function page({ title, status, body }: Shown, session: PageSession): Promise<Response> {
  const { email, subject } = session.person;
  const reader = { name: email ?? subject, token: formToken(session, SIGN_OUT) };
  return answer(String(await layout({ title, reader, body })), status);
}

async function refusedPage({ status, title, message: what, link }: PageRefusal): Promise<Response> {
  return answer(String(await layout({ title, reader: undefined, body: toldView({ title, what, link }) })), status);
}

async function signedOut(leave: string | undefined): Promise<Response> {
  const what =
    leave === undefined
      ? "You are logged out of this page. The identity provider may still know you in this browser."
      : "You are logged out of this page. The identity provider still knows you in this browser: end that login too where others use it.";
  const link = leave === undefined ? undefined : { to: leave, text: "Log out at the identity provider" };
  const body = toldView({ title: "Logged out", what, link });
  return answer(String(await layout({ title: "Logged out", reader: undefined, body })), 200);
}

function answer(body: string, status: number): Response {
  return new Response(body, { status, headers: { ...PAGE_HEADERS, "content-type": HTML } });
}

function onward({ to, cookies }: Onward): Response {
  const headers = new Headers({ ...PAGE_HEADERS, location: to });
  for (const each of cookies) headers.append("set-cookie", each);
  return new Response(null, { status: 303, headers });
}
