import type * as OpenIdClient from "openid-client";
import { openIdClient, publicClient } from "../../../runtime/exchange/approver-page/public-client";

/** A sign-in that waits for the browser to come back */
export interface PendingSignIn {
  readonly agent: string;
  readonly client: string;
  readonly verifier: string;
  readonly nonce: string;
  readonly state: string;
}

/** Whose access token for an agent, until when */
export interface UserTokens {
  readonly user: string;
  readonly client: string;
  readonly accessToken: string;
  /** Refresh token; undefined if there is none */
  readonly refreshToken: string | undefined;
  /** Milliseconds since the epoch */
  readonly expiresAt: number;
}

export interface SignInProps {
  /** Of users */
  readonly issuer: string;
  /** PEM of the authority that vouches for the issuer's server */
  readonly ca: string;
  readonly redirectUri: string;
}

export interface Wanted {
  readonly agent: string;
  /** Id of an OAuth client whose users may start it */
  readonly client: string;
  readonly scopes: readonly string[];
  /** Whether the user is asked though the issuer knows one */
  readonly anew: boolean;
}

/** Signs users in by an authorization code with PKCE, as a client of any OpenID provider does it. */
export class SignIn {
  private readonly configurations = new Map<string, Promise<OpenIdClient.Configuration>>();

  constructor(private readonly props: SignInProps) {}

  /** @returns where the browser goes, and what is kept until it comes back */
  public async begin({
    agent,
    client,
    scopes,
    anew,
  }: Wanted): Promise<{ readonly url: string; readonly pending: PendingSignIn }> {
    const library = await openIdClient();
    const configuration = await this.configurationOf(client);
    const verifier = library.randomPKCECodeVerifier();
    const pending = { agent, client, verifier, nonce: library.randomNonce(), state: library.randomState() };
    const url = library.buildAuthorizationUrl(configuration, {
      redirect_uri: this.props.redirectUri,
      scope: ["openid", ...scopes].join(" "),
      code_challenge: await library.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      nonce: pending.nonce,
      state: pending.state,
      ...(anew && { prompt: "login" }),
    });
    return { url: url.href, pending };
  }

  /**
   * @param query with which the browser came back
   * @throws Error if the issuer refused, or the answer is another's
   */
  public async finish(query: string, { client, verifier, nonce, state }: PendingSignIn): Promise<UserTokens> {
    const library = await openIdClient();
    const configuration = await this.configurationOf(client);
    const tokens = await library.authorizationCodeGrant(configuration, new URL(`${this.props.redirectUri}${query}`), {
      pkceCodeVerifier: verifier,
      expectedNonce: nonce,
      expectedState: state,
      idTokenExpected: true,
    });
    return tokensOf(tokens, { user: tokens.claims()?.sub ?? "", client });
  }

  /**
   * A new access token of the same user
   *
   * @throws Error if the issuer gives none
   */
  public async refreshed({ user, client, refreshToken }: UserTokens): Promise<UserTokens> {
    if (refreshToken === undefined) throw new Error("the issuer gave no refresh token: sign in again");
    const library = await openIdClient();
    const tokens = await library.refreshTokenGrant(await this.configurationOf(client), refreshToken);
    return tokensOf(tokens, { user, client });
  }

  private configurationOf(client: string): Promise<OpenIdClient.Configuration> {
    const known = this.configurations.get(client) ?? this.discovered(client);
    this.configurations.set(client, known);
    known.catch(() => this.configurations.delete(client));
    return known;
  }

  private async discovered(client: string): Promise<OpenIdClient.Configuration> {
    const configuration = await publicClient(this.props.issuer, client, this.props.ca);
    // A browser goes to the issuer over HTTP, on the loopback. What is asked here stays at the https addresses of its metadata.
    (await openIdClient()).allowInsecureRequests(configuration);
    return configuration;
  }
}

function tokensOf(
  {
    access_token: accessToken,
    refresh_token: refreshToken,
    expires_in: seconds = 0,
  }: OpenIdClient.TokenEndpointResponse,
  whose: Pick<UserTokens, "client" | "user">,
): UserTokens {
  return { ...whose, accessToken, refreshToken, expiresAt: Date.now() + seconds * 1_000 };
}
