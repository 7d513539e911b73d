import type * as OpenIdClient from "openid-client";
import type { LoginSettings } from "./page-settings";
import { openIdClient, publicClient } from "./public-client";

/** What is kept of a login until the browser comes back */
export interface PendingLogin {
  readonly state: string;
  readonly nonce: string;
  /** Of PKCE (RFC 7636) */
  readonly verifier: string;
}

/** Where people log in */
export interface IdentityProvider {
  /** @returns where the browser goes, and what is kept until it comes back. @throws Error if the provider does not answer */
  begin(settings: LoginSettings): Promise<{ readonly url: string; readonly pending: PendingLogin }>;
  /**
   * @param query with which the browser came back
   * @returns the ID token
   * @throws Error if the provider refused, or the answer is another's
   */
  finish(settings: LoginSettings, query: string, pending: PendingLogin): Promise<string>;
  /** Logout address at the provider; undefined if it has none */
  leave(settings: LoginSettings): Promise<string | undefined>;
}

type Settle = (library: typeof OpenIdClient, configuration: OpenIdClient.Configuration) => void;

export const CALLBACK = "/signed-in";

/** Authorization code flow with PKCE (OpenID Connect Core 1.0 section 3.1, RFC 7636) as a public client: there is no secret to lose. */
export class OpenIdProvider implements IdentityProvider {
  private readonly configurations = new Map<string, Promise<OpenIdClient.Configuration>>();

  /**
   * @param ca PEM of the authorities to trust; Node's by default
   * @param settle further settings of the client; for development, where browsers log in on the loopback without TLS
   */
  constructor(
    private readonly ca?: string,
    private readonly settle: Settle = () => undefined,
  ) {}

  public async begin(settings: LoginSettings): Promise<{ readonly url: string; readonly pending: PendingLogin }> {
    const library = await openIdClient();
    const configuration = await this.configurationOf(settings);
    const verifier = library.randomPKCECodeVerifier();
    const pending = { verifier, nonce: library.randomNonce(), state: library.randomState() };
    const url = library.buildAuthorizationUrl(configuration, {
      redirect_uri: `${settings.origin}${CALLBACK}`,
      scope: "openid profile email",
      code_challenge: await library.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      nonce: pending.nonce,
      state: pending.state,
      max_age: String(settings.recentLoginSeconds),
    });
    return { url: url.href, pending };
  }

  public async finish(
    settings: LoginSettings,
    query: string,
    { verifier, nonce, state }: PendingLogin,
  ): Promise<string> {
    const library = await openIdClient();
    const configuration = await this.configurationOf(settings);
    const tokens = await library.authorizationCodeGrant(
      configuration,
      new URL(`${settings.origin}${CALLBACK}${query}`),
      {
        pkceCodeVerifier: verifier,
        expectedNonce: nonce,
        expectedState: state,
        maxAge: settings.recentLoginSeconds,
        idTokenExpected: true,
      },
    );
    return tokens.id_token as string;
  }

  public async leave(settings: LoginSettings): Promise<string | undefined> {
    const configuration = await this.configurationOf(settings);
    if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
    return (await openIdClient()).buildEndSessionUrl(configuration).href;
  }

  private configurationOf({ issuer, clientId }: LoginSettings): Promise<OpenIdClient.Configuration> {
    const name = JSON.stringify([issuer, clientId]);
    const known = this.configurations.get(name) ?? this.discovered(issuer, clientId);
    // Another registry may name another one.
    if (!this.configurations.has(name)) this.configurations.clear();
    this.configurations.set(name, known);
    known.catch(() => this.configurations.delete(name));
    return known;
  }

  private async discovered(issuer: string, clientId: string): Promise<OpenIdClient.Configuration> {
    const configuration = await publicClient(issuer, clientId, this.ca);
    this.settle(await openIdClient(), configuration);
    return configuration;
  }
}
