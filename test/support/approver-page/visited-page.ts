import type { Hono } from "hono";
import { approverPage } from "../../../runtime/exchange/approver-page/app";
import type { IdentityProvider, PendingLogin } from "../../../runtime/exchange/approver-page/identity-provider";
import type { PageSettings } from "../../../runtime/exchange/approver-page/page-settings";
import type { ApproverPageParts } from "../../../runtime/exchange/approver-page/parts";
import type { Environment } from "../../../runtime/exchange/http/parts";
import type { AuthenticatedPerson } from "../../../runtime/people/person";
import { Refusal } from "../../../runtime/refusal/refusal";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { BOB, DeskInMemory, NOW } from "./shown-requests";

export const ORIGIN = "https://approvals.acme.example";
export const SETTINGS: PageSettings = {
  origin: ORIGIN,
  issuer: "https://login.acme.example",
  clientId: "ambit-approvals",
  groupsClaim: "groups",
  recentLoginSeconds: 900,
};

/** Logs in the person that the test names, and gives names in place of ID tokens. */
class NamingProvider implements IdentityProvider {
  public logsIn = "bob";
  public fails = false;
  private count = 0;

  public begin(): Promise<{ readonly url: string; readonly pending: PendingLogin }> {
    if (this.fails) return Promise.reject(new Error("no answer"));
    const state = `state-${(this.count += 1)}`;
    return Promise.resolve({
      url: `${SETTINGS.issuer}/authorize?state=${state}`,
      pending: { state, nonce: `nonce-${this.count}`, verifier: `verifier-${this.count}` },
    });
  }

  public finish(_: PageSettings, query: string, pending: PendingLogin): Promise<string> {
    const asked = new URLSearchParams(query);
    if (asked.get("state") !== pending.state || asked.get("code") === null) return Promise.reject(new Error("refused"));
    return Promise.resolve(this.logsIn);
  }

  public leave(): Promise<string | undefined> {
    return Promise.resolve(`${SETTINGS.issuer}/logout`);
  }
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
}

/** The page over a store in memory; each browser of it has its own cookies. */
export class VisitedPage {
  public now = NOW;
  public settings: PageSettings | undefined = SETTINGS;
  public readonly store = new MemoryStore(() => this.now);
  public readonly desk = new DeskInMemory();
  public readonly provider = new NamingProvider();
  public readonly logged: string[] = [];
  /** When the next person that logs in has authenticated */
  public authenticatedAt: number | undefined;
  public readonly log: ApproverPageParts["log"] = (event, facts) =>
    void this.logged.push(JSON.stringify({ event, ...facts }));
  public readonly parts: ApproverPageParts = {
    settings: () => this.settings,
    provider: this.provider,
    people: { of: (token) => this.person(token) },
    desk: this.desk,
    state: () => Promise.resolve({ store: this.store, epoch: 1 }),
    clock: () => this.now,
    log: this.log,
  };
  public readonly app: Hono<Environment> = approverPage(this.parts);

  public browser(): Browser {
    return new Browser(this.app);
  }

  private person(subject: string): Promise<AuthenticatedPerson> {
    if (subject === "stranger") return Promise.reject(Refusal.of("client.unauthenticated"));
    return Promise.resolve({
      issuer: BOB.issuer,
      subject,
      email: `${subject}@acme.example`,
      groups: new Set(["support-leads"]),
      authenticatedAt: this.authenticatedAt ?? this.now,
    });
  }
}

/** Keeps cookies as a browser does, and sends what one sends. */
export class Browser {
  public readonly cookies = new Map<string, string>();
  /** How many of its requests were found to be of a person who is logged in */
  public proven = 0;

  constructor(private readonly app: Hono<Environment>) {}

  public get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answered> {
    return this.send(path, { method: "GET", headers });
  }

  /** As the page's own form does, unless the headers say otherwise; those that are empty are left out. */
  public post(
    path: string,
    form: Readonly<Record<string, string>> | string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answered> {
    const body = typeof form === "string" ? form : new URLSearchParams(form).toString();
    const own = {
      origin: ORIGIN,
      "sec-fetch-site": "same-origin",
      "content-type": "application/x-www-form-urlencoded",
      "content-length": `${Buffer.byteLength(body)}`,
    };
    return this.send(path, { method: "POST", body, headers: { ...own, ...headers } });
  }

  /** Log in, and come back. @returns where the page leads then */
  public async logIn(to = "/requests"): Promise<string> {
    const begun = await this.get(`/sign-in?to=${encodeURIComponent(to)}`);
    const state = new URL(begun.headers.get("location") as string).searchParams.get("state");
    const back = await this.get(`/signed-in?code=code&state=${state}`, {
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "navigate",
      "sec-fetch-dest": "document",
    });
    return back.headers.get("location") ?? `status ${back.status}`;
  }

  private async send(
    path: string,
    init: Omit<RequestInit, "headers"> & { headers: Record<string, string> },
  ): Promise<Answered> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const sent = { host: new URL(ORIGIN).host, ...(cookie !== "" && { cookie }), ...init.headers };
    const headers = Object.entries(sent).filter(([, value]) => value !== "");
    const answer = await this.app.fetch(new Request(`${ORIGIN}${path}`, { ...init, headers }), {
      connection: { certificates: [] },
      proven: () => void (this.proven += 1),
    });
    for (const each of answer.headers.getSetCookie()) this.keep(each);
    return { status: answer.status, headers: answer.headers, html: await answer.text() };
  }

  private keep(cookie: string): void {
    const [pair = "", ...attributes] = cookie.split("; ");
    const [name = "", value = ""] = pair.split("=");
    if (attributes.includes("Max-Age=0")) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

/** Fields of the one form with this action, as its page has them */
export function fieldsOf(html: string, action: string): Record<string, string> {
  const form = html.split(`action="${action}"`)[1]?.split("</form>")[0] ?? "";
  const hidden = [...form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)];
  return Object.fromEntries(hidden.map(([, name, value]) => [name, value]));
}
