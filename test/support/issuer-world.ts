import { createHash } from "node:crypto";
import { DevelopmentAuthority } from "../../cli/dev/development-authority";
import { DevelopmentIssuers } from "../../cli/dev/development-issuers";
import type { UserIssuer } from "../../cli/dev/issuer/user-issuer";
import { fleet } from "../../fleet";
import { visited, type Visited } from "./visited";

const EXCHANGE = "https://127.0.0.1:1";
const VERIFIER = "v".repeat(43);
const CHALLENGE = createHash("sha256").update(VERIFIER).digest("base64url");

/** What is sent otherwise; undefined for what is left out */
export type Changes = Readonly<Record<string, string | undefined>>;

/** The issuer of development, and a client that sends browsers there (RFC 6749 section 4.1, RFC 7636) */
export class IssuerWorld {
  public readonly authority = new DevelopmentAuthority("prod.acme.example");
  /** Milliseconds since the epoch, by the issuer's clock */
  public now = Date.now();
  private readonly issuers = new DevelopmentIssuers({
    authority: this.authority,
    audience: EXCHANGE,
    spiffeIdOf: (agent) => `spiffe://prod.acme.example/ns/a/sa/${agent}`,
    fleet,
    now: () => new Date(this.now),
  });
  /** Address that browsers are sent to */
  public authorize = "";

  constructor(private readonly client: Readonly<Record<"client_id" | "redirect_uri" | "scope", string>>) {}

  public async start(register: (login: UserIssuer) => void): Promise<void> {
    await this.issuers.listen();
    if (this.issuers.login !== undefined) register(this.issuers.login);
    const metadata = await visited(`${this.issuer}/.well-known/openid-configuration`, { ca: this.authority.bundle });
    this.authorize = (JSON.parse(metadata.text) as { authorization_endpoint: string }).authorization_endpoint;
  }

  public close(): Promise<void> {
    return this.issuers.close();
  }

  public get issuer(): string {
    return this.issuers.userIssuer;
  }

  /** Where the client sends a browser */
  public asked(changes: Changes = {}): string {
    const wanted: Changes = {
      ...this.client,
      response_type: "code",
      code_challenge: CHALLENGE,
      code_challenge_method: "S256",
      state: "s1",
      nonce: "n1",
      ...changes,
    };
    const pairs = Object.entries(wanted).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
    return `${this.authorize}?${new URLSearchParams(pairs as [string, string][]).toString()}`;
  }

  /** What the client gets for a code, or otherwise */
  public redeemed(form: Readonly<Record<string, string>>): Promise<Visited> {
    const { client_id, redirect_uri } = this.client;
    const common = { grant_type: "authorization_code", client_id, redirect_uri, code_verifier: VERIFIER };
    const body = new URLSearchParams({ ...common, ...form }).toString();
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    return visited(`${this.issuer}/oauth/token`, { method: "POST", headers, body, ca: this.authority.bundle });
  }
}
