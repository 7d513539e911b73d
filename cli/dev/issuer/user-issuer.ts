import { randomBytes } from "node:crypto";
import type { Fleet } from "../../../domain";
import { AuthorizationCodes, type Granted, TokenRefused } from "./authorization-codes";
import type { PublicClient } from "./authorization-request";
import { type DevelopmentPeople, emailOf } from "./development-people";
import { SignInServer } from "./sign-in-server";

/** Claims, and which kind of token has them */
export type Signed = (type: "JWT" | "at+jwt", claims: object, audience: string, seconds: number) => string;

export interface UserIssuerProps {
  /** Claim `iss` */
  readonly issuer: () => string;
  readonly fleet: Fleet;
  readonly spiffeIdOf: (agent: string) => string | undefined;
  /** Audience of access tokens */
  readonly audience: string;
  readonly signed: Signed;
  readonly now?: (() => number) | undefined;
}

/** Status and JSON */
export type Answered = readonly [status: number, body: object];

/** Below the issuer */
export const METADATA_PATH = "/.well-known/openid-configuration";
export const TOKEN_PATH = "/oauth/token";
const TOKEN_SECONDS = 900;
/** As docs/approve-a-request.md has it: a person who leaves a group keeps what the last token says. */
const PERSON_SECONDS = 300;
/** Of agents that declare no client */
export const OWN_CLIENT = "ambit-development";

/**
 * An OpenID provider for development: authorization code flow with PKCE (RFC 7636, S256 alone) for public clients, access tokens as the
 * exchange takes them as evidence. It is our own, as no kept library serves Node.js 20 with a door for browsers beside its TLS; the clients
 * that use it are not.
 */
export class UserIssuer {
  private readonly clients = new Map<string, PublicClient>();
  private readonly codes: AuthorizationCodes;
  private readonly signIn: SignInServer;
  private people: DevelopmentPeople | undefined;

  constructor(private readonly props: UserIssuerProps) {
    const { issuer, fleet, now } = props;
    this.codes = new AuthorizationCodes(now);
    this.signIn = new SignInServer({
      issuer,
      codes: this.codes,
      clientOf: (id) => this.clients.get(id),
      hasTask: (agent, task) => fleet.agents.some(({ name, tasks }) => name === agent && tasks.has(task)),
      origins: () => [...new Set([...this.clients.values()].flatMap(originsOf))],
      groups: () => this.people?.groups ?? [],
      ...(now !== undefined && { now }),
    });
  }

  public listen(): Promise<void> {
    return this.signIn.listen();
  }

  public close(): Promise<void> {
    return this.signIn.close();
  }

  /** Every client that an agent declares, and one of our own, may send users back to this address. */
  public register(redirectUri: string): void {
    const declared = this.props.fleet.agents.flatMap(({ clients }) => clients);
    for (const id of new Set([...declared, OWN_CLIENT])) {
      this.add(id, redirectUri, []);
    }
  }

  /** The client of `platform.people` may send people who decide or stop agents back to this address. */
  public registerPeople(people: DevelopmentPeople, redirectUri: string): void {
    this.people = people;
    this.add(people.clientId, redirectUri, [redirectUri]);
  }

  /**
   * As a person who has logged in just now gets it, for a command line
   *
   * @throws Error if the platform declares no people
   */
  public idTokenOf(user: string, groups: readonly string[]): string {
    if (this.people === undefined) throw new Error("the platform declares no people");
    const now = Math.floor((this.props.now ?? Date.now)() / 1_000);
    return this.personToken(this.people, { user, groups, signedInAt: now }, undefined);
  }

  private add(id: string, redirectUri: string, ofPeople: readonly string[]): void {
    const before = this.clients.get(id) ?? { redirectUris: [], ofPeople: [] };
    this.clients.set(id, {
      id,
      redirectUris: [...new Set([...before.redirectUris, redirectUri])],
      ofPeople: [...new Set([...before.ofPeople, ...ofPeople])],
    });
  }

  /** OpenID Connect Discovery section 3 */
  public get metadata(): object {
    const issuer = this.props.issuer();
    return {
      issuer,
      authorization_endpoint: this.signIn.authorizationEndpoint,
      token_endpoint: `${issuer}${TOKEN_PATH}`,
      jwks_uri: `${issuer}/keys`,
      response_types_supported: ["code"],
      response_modes_supported: ["query"],
      grant_types_supported: ["authorization_code", "refresh_token"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["ES256"],
      token_endpoint_auth_methods_supported: ["none"],
      code_challenge_methods_supported: ["S256"],
      authorization_response_iss_parameter_supported: true,
      scopes_supported: ["openid", "profile", "email"],
    };
  }

  /** RFC 6749 sections 4.1.3 and 6 */
  public token(form: URLSearchParams): Answered {
    try {
      return [200, this.tokens(form)];
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error;
      return [400, { error: error.code, error_description: error.message }];
    }
  }

  private tokens(form: URLSearchParams): object {
    const { fleet, spiffeIdOf, audience, signed, issuer } = this.props;
    const granted = form.get("grant_type") === "refresh_token" ? this.codes.refresh(form) : this.codes.redeem(form);
    const { request, user, signedInAt } = granted;
    const { client, agent, scopes, nonce } = request;
    if (agent === undefined) return this.ofPerson(granted);
    const isDeclared = fleet.agents.some(({ name, clients }) => name === agent && clients.includes(client));
    const common = { iss: issuer(), sub: user };
    const scope = scopes.join(" ");
    // RFC 9068; the agent's declaration says which client's users may start it, or else the token does.
    const mayAct = isDeclared ? {} : { may_act: { sub: spiffeIdOf(agent) } };
    const access = { ...common, scope, azp: client, client_id: client, ...mayAct };
    const id = { ...common, auth_time: signedInAt, ...(nonce !== undefined && { nonce }) };
    return {
      access_token: signed("at+jwt", access, audience, TOKEN_SECONDS),
      token_type: "Bearer",
      expires_in: TOKEN_SECONDS,
      refresh_token: this.codes.refreshable(granted),
      scope: `openid ${scope}`,
      id_token: signed("JWT", id, client, TOKEN_SECONDS),
    };
  }

  /**
   * A person who decides starts no task: the access token, which OAuth 2.0 requires, is worthless (RFC 6749 section
   * 5.1).
   */
  private ofPerson(granted: Granted): object {
    if (this.people === undefined) throw new TokenRefused("invalid_grant", "the platform declares no people");
    return {
      access_token: randomBytes(32).toString("base64url"),
      token_type: "Bearer",
      expires_in: PERSON_SECONDS,
      scope: "openid profile email",
      id_token: this.personToken(this.people, granted, granted.request.nonce),
    };
  }

  private personToken(
    { clientId, groupsClaim, emailDomain }: DevelopmentPeople,
    { user, groups, signedInAt }: Omit<Granted, "request">,
    nonce: string | undefined,
  ): string {
    const email = emailOf(user, emailDomain);
    const claims = {
      iss: this.props.issuer(),
      sub: user,
      auth_time: signedInAt,
      [groupsClaim]: groups,
      ...(email !== undefined && { email, email_verified: true }),
      ...(nonce !== undefined && { nonce }),
    };
    return this.props.signed("JWT", claims, clientId, PERSON_SECONDS);
  }
}

function originsOf({ redirectUris }: PublicClient): readonly string[] {
  return redirectUris.map((uri) => new URL(uri).origin);
}
