import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { bodyOf } from "../body-of";
import { closed, listening, LOOPBACK } from "../loopback";
import {
  type AuthorizationRequest,
  authorizationRequestOf,
  AuthorizationRefused,
  type KnownToIssuer,
  NoClient,
} from "./authorization-request";
import type { AuthorizationCodes } from "./authorization-codes";
import { BoundedMap } from "../bounded-map";
import { cookieOf } from "../cookie";
import type { DevelopmentGroup } from "./development-people";
import { LONGEST_USER, refusedPage, signInHeaders, signInPage } from "./sign-in-page";

export interface SignInServerProps extends KnownToIssuer {
  /** Claim `iss` */
  readonly issuer: () => string;
  readonly codes: AuthorizationCodes;
  /** Of all clients: where forms may lead */
  readonly origins: () => readonly string[];
  /** Groups of people who decide or stop agents */
  readonly groups: () => readonly DevelopmentGroup[];
  readonly now?: () => number;
}

interface SignedIn {
  readonly user: string;
  readonly groups: readonly string[];
  /** Whole seconds since the epoch */
  readonly at: number;
}

const COOKIE = "ambit-development-user";
const WAITING_MILLISECONDS = 600_000;
const SIGNED_IN_MILLISECONDS = 8 * 3_600_000;
const MOST = 256;

/**
 * Where a browser signs a user in (OpenID Connect Core section 3.1.2): over HTTP, as no browser knows the authority of development, and on
 * the loopback alone. Tokens are given elsewhere, over TLS.
 */
export class SignInServer {
  private readonly server: Server;
  private readonly waiting: BoundedMap<AuthorizationRequest>;
  private readonly signedIn: BoundedMap<SignedIn>;
  private address = "";

  constructor(private readonly props: SignInServerProps) {
    const { now = Date.now } = props;
    this.waiting = new BoundedMap(MOST, WAITING_MILLISECONDS, now);
    this.signedIn = new BoundedMap(MOST, SIGNED_IN_MILLISECONDS, now);
    this.server = createServer({ requestTimeout: 10_000 }, (request, response) => {
      void this.answer(request, response).catch(() => response.destroy());
    });
  }

  public async listen(): Promise<void> {
    this.address = `http://${LOOPBACK}:${await listening(this.server)}`;
  }

  public close(): Promise<void> {
    return closed(this.server);
  }

  /** Of its metadata */
  public get authorizationEndpoint(): string {
    return `${this.address}/authorize`;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "/", headers } = request;
    // Another name may lead here too, by a name server that is not to be trusted.
    if (`http://${headers.host}` !== this.address) return this.refuse(response, 403, "this is no host of the issuer");
    const { pathname, searchParams } = new URL(url, this.address);
    if (method === "GET" && pathname === "/authorize") {
      if (!isNavigation(request)) return this.refuse(response, 403, "the request is no page that a person opens");
      return this.authorize(request, response, searchParams);
    }
    if (method !== "POST" || pathname !== "/sign-in") return this.refuse(response, 404, "there is no such page");
    if (headers.origin !== this.address) return this.refuse(response, 403, "the form is another page's");
    return this.signIn(response, new URLSearchParams(await bodyOf(request)));
  }

  private authorize(request: IncomingMessage, response: ServerResponse, asked: URLSearchParams): void {
    let wanted: AuthorizationRequest;
    try {
      wanted = authorizationRequestOf(asked, this.props);
    } catch (error) {
      if (error instanceof AuthorizationRefused) return this.redirect(response, error.redirectUri, errorOf(error));
      if (error instanceof NoClient) return this.refuse(response, 400, error.message);
      throw error;
    }
    const known = this.userOf(request, wanted);
    if (known !== undefined && wanted.prompt !== "login") return this.granted(response, wanted, known);
    if (wanted.prompt === "none") {
      const { redirectUri, state } = wanted;
      const refused = new AuthorizationRefused("login_required", "no user is signed in", redirectUri, state);
      return this.redirect(response, redirectUri, errorOf(refused));
    }
    const id = randomBytes(32).toString("base64url");
    this.waiting.set(id, wanted);
    response.writeHead(200, signInHeaders(this.props.origins())).end(signInPage(id, wanted, this.props.groups()));
  }

  private signIn(response: ServerResponse, form: URLSearchParams): void {
    const wanted = this.waiting.take(form.get("request") ?? "");
    if (wanted === undefined) return this.refuse(response, 400, "this page is over: go back to where you came from");
    const chosen = form.get("user") ?? "";
    const user = chosen === "" ? (form.get("other") ?? "").trim() : chosen;
    if (user === "" || user.length > LONGEST_USER) {
      return this.refuse(response, 400, `a user has a name of 1 to ${LONGEST_USER} characters: go back and write one`);
    }
    const groups = form.getAll("group");
    const declared = wanted.agent === undefined ? this.props.groups().map(({ claim }) => claim) : [];
    const strange = groups.find((group) => !declared.includes(group));
    if (strange !== undefined) {
      return this.refuse(response, 400, `no group ${JSON.stringify(strange)} decides here: go back and choose others`);
    }
    const signedIn = { user, groups, at: this.now() };
    if (wanted.agent === undefined) return this.granted(response, wanted, signedIn);
    const id = randomBytes(32).toString("base64url");
    this.signedIn.set(id, signedIn);
    response.setHeader("set-cookie", `${COOKIE}=${id}; Path=/; HttpOnly; SameSite=Lax`);
    this.granted(response, wanted, signedIn);
  }

  private granted(response: ServerResponse, request: AuthorizationRequest, { user, groups, at }: SignedIn): void {
    const code = this.props.codes.issue({ request, user, groups, signedInAt: at });
    const { redirectUri, state } = request;
    this.redirect(response, redirectUri, { code, ...(state !== undefined && { state }) });
  }

  /** With the issuer, so that a client of several issuers knows which one answers (RFC 9207) */
  private redirect(response: ServerResponse, to: string, said: Readonly<Record<string, string>>): void {
    const url = new URL(to);
    for (const [name, value] of Object.entries({ ...said, iss: this.props.issuer() }))
      url.searchParams.set(name, value);
    response
      .writeHead(303, { location: url.href, "cache-control": "no-store", "referrer-policy": "no-referrer" })
      .end();
  }

  /** A person who decides is asked each time: in one browser, a developer is the user and the approver. */
  private userOf(request: IncomingMessage, { agent, maxAge = Infinity }: AuthorizationRequest): SignedIn | undefined {
    const own = agent === undefined ? undefined : cookieOf(request, COOKIE);
    const known = own === undefined ? undefined : this.signedIn.get(own);
    return known !== undefined && this.now() - known.at <= maxAge ? known : undefined;
  }

  private now(): number {
    return Math.floor((this.props.now ?? Date.now)() / 1_000);
  }

  private refuse(response: ServerResponse, status: number, message: string): void {
    response.writeHead(status, signInHeaders([])).end(refusedPage(message));
  }
}

function errorOf({ code, message, state }: AuthorizationRefused): Readonly<Record<string, string>> {
  return { error: code, error_description: message, ...(state !== undefined && { state }) };
}

/** What browsers say of a request (Fetch Metadata): images, frames and scripts of a stranger begin no sign-in. */
function isNavigation({ headers }: IncomingMessage): boolean {
  const { "sec-fetch-mode": mode = "navigate", "sec-fetch-dest": to = "document" } = headers;
  return mode === "navigate" && to === "document";
}
