import { createHash } from "node:crypto";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { DevelopmentAuthority, keyPair, publicJwk, signedJwt } from "../../../cli/dev/development-authority";

const KEY_ID = "key-1";

/** What a test has the provider do otherwise than it should */
export interface Faults {
  /** Claims of the ID token in place of its own; one that is undefined is left out */
  claims: Readonly<Record<string, unknown>>;
  /** Answers to the token request in place of its own */
  answer: ((form: URLSearchParams) => readonly [status: number, body: string]) | undefined;
}

/** An OpenID provider over TLS: metadata, keys, and tokens for codes that a test has made */
export class OpenIdServer {
  public readonly faults: Faults = { claims: {}, answer: undefined };
  public readonly authority = new DevelopmentAuthority("login.acme.example");
  public issuer = "";
  /** Whether it serves RFC 8628 */
  public hasDevices = true;
  /** What it answers to each time that a device asks for its token; then it gives one */
  public deviceAnswers: string[] = [];
  private readonly keys = keyPair();
  private readonly codes = new Map<string, URLSearchParams>();
  private server!: Server;

  public async start(): Promise<void> {
    const names = { dnsNames: [], ipAddresses: ["127.0.0.1"] };
    const { certificate, key } = this.authority.x509Svid("spiffe://login.acme.example/login", names);
    this.server = createServer({ cert: certificate, key }, (request, response) => {
      let body = "";
      request.on("data", (part: Buffer) => (body += part.toString()));
      request.on("end", () => {
        const [status, text] = this.answer(request.url ?? "", new URLSearchParams(body));
        response.writeHead(status, { "content-type": "application/json" }).end(text);
      });
    });
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.issuer = `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public close(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  /** What its page would lead the browser back with, once a person has logged in at this address */
  public loggedIn(url: string, change: Readonly<Record<string, string>> = {}): string {
    const asked = new URL(url).searchParams;
    const code = `code-${this.codes.size + 1}`;
    this.codes.set(code, asked);
    const back = { code, state: asked.get("state") as string, iss: this.issuer, ...change };
    return `?${new URLSearchParams(back)}`;
  }

  private answer(path: string, form: URLSearchParams): readonly [status: number, body: string] {
    if (path === "/.well-known/openid-configuration") return [200, JSON.stringify(this.metadata())];
    if (path === "/keys") {
      const jwk = { ...publicJwk(this.keys.publicKey), kid: KEY_ID, alg: "ES256", use: "sig" };
      return [200, JSON.stringify({ keys: [jwk] })];
    }
    if (path === "/device") return [200, JSON.stringify(this.device(form))];
    return path === "/token" ? (this.faults.answer ?? ((sent) => this.token(sent)))(form) : [404, "{}"];
  }

  private metadata(): object {
    const { issuer } = this;
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
      ...(this.hasDevices && { device_authorization_endpoint: `${issuer}/device` }),
      end_session_endpoint: `${issuer}/logout`,
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["ES256"],
      authorization_response_iss_parameter_supported: true,
    };
  }

  /** RFC 8628 section 3.2 */
  private device(form: URLSearchParams): object {
    this.codes.set("device-1", form);
    const verification_uri = `${this.issuer}/activate`;
    return { device_code: "device-1", user_code: "BDPL-KHTM", verification_uri, expires_in: 60, interval: 0.05 };
  }

  /** RFC 8628 section 3.5 */
  private deviceToken(form: URLSearchParams): readonly [status: number, body: string] {
    const error = this.deviceAnswers.shift();
    const asked = this.codes.get(form.get("device_code") ?? "");
    if (error !== undefined || asked === undefined) return [400, JSON.stringify({ error: error ?? "invalid_grant" })];
    const idToken = this.idToken(asked.get("client_id"), this.faults.claims);
    return [200, JSON.stringify({ access_token: "a", token_type: "Bearer", id_token: idToken })];
  }

  /** A code is good once, for the verifier of the challenge that it was asked with (RFC 7636 section 4.6) */
  private token(form: URLSearchParams): readonly [status: number, body: string] {
    if (form.get("grant_type")?.endsWith(":device_code")) return this.deviceToken(form);
    const code = form.get("code") ?? "";
    const asked = this.codes.get(code);
    this.codes.delete(code);
    const challenge = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    const sound = challenge === asked?.get("code_challenge") && form.get("redirect_uri") === asked.get("redirect_uri");
    if (asked === undefined || !sound) return [400, JSON.stringify({ error: "invalid_grant" })];
    const idToken = this.idToken(asked.get("client_id"), { nonce: asked.get("nonce"), ...this.faults.claims });
    return [200, JSON.stringify({ access_token: "a", token_type: "Bearer", id_token: idToken })];
  }

  /** Of Bob, who has logged in just now, with these claims besides */
  public idToken(clientId: string | null, more: Readonly<Record<string, unknown>> = {}): string {
    const now = Math.floor(Date.now() / 1_000);
    const own = { iss: this.issuer, aud: clientId, sub: "bob", iat: now, exp: now + 300, auth_time: now };
    return signedJwt({ alg: "ES256", kid: KEY_ID, typ: "JWT" }, { ...own, ...more }, this.keys.privateKey);
  }
}
