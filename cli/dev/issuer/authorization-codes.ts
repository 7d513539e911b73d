import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { AuthorizationRequest } from "./authorization-request";
import { BoundedMap } from "../bounded-map";

/** What a code stands for */
export interface Granted {
  readonly request: AuthorizationRequest;
  /** Who signed in */
  readonly user: string;
  /** Groups of a person who decides, in the claim; empty for users */
  readonly groups: readonly string[];
  /** Whole seconds since the epoch */
  readonly signedInAt: number;
}

/** No token (RFC 6749 section 5.2) */
export class TokenRefused extends Error {
  constructor(
    public readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** RFC 6749 section 4.1.2 has ten minutes as the most. */
const CODE_MILLISECONDS = 60_000;
const REFRESH_MILLISECONDS = 8 * 3_600_000;
const MOST_CODES = 256;
/** RFC 7636 section 4.1 */
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

/** Codes that a client gets a token for, once (RFC 6749 section 4.1.3, RFC 7636 section 4.6), and what it gets another one for */
export class AuthorizationCodes {
  private readonly codes: BoundedMap<Granted>;
  private readonly refreshing: BoundedMap<Granted>;

  constructor(now: () => number = Date.now) {
    this.codes = new BoundedMap(MOST_CODES, CODE_MILLISECONDS, now);
    this.refreshing = new BoundedMap(MOST_CODES, REFRESH_MILLISECONDS, now);
  }

  public issue(granted: Granted): string {
    const code = randomBytes(32).toString("base64url");
    this.codes.set(code, granted);
    return code;
  }

  /** A refresh token, which is good once: with the next token comes the next one (RFC 9700 section 4.14.2). */
  public refreshable(granted: Granted): string {
    const token = randomBytes(32).toString("base64url");
    this.refreshing.set(token, granted);
    return token;
  }

  /**
   * What a refresh token stands for (RFC 6749 section 6). It is used up by this.
   *
   * @throws TokenRefused
   */
  public refresh(form: URLSearchParams): Granted {
    const granted = this.refreshing.take(form.get("refresh_token") ?? "");
    if (granted === undefined)
      throw new TokenRefused("invalid_grant", "the refresh token is unknown, over, or was used");
    if (form.get("client_id") === granted.request.client) return granted;
    throw new TokenRefused("invalid_grant", "the refresh token is another client's");
  }

  /**
   * What the code stands for. It is used up by this, also where the rest of the request is wrong.
   *
   * @throws TokenRefused
   */
  public redeem(form: URLSearchParams): Granted {
    const names = ["grant_type", "code", "redirect_uri", "client_id", "code_verifier"];
    const code = form.get("code") ?? "";
    const granted = this.codes.take(code);
    const twice = names.find((name) => form.getAll(name).length > 1);
    if (twice !== undefined) throw new TokenRefused("invalid_request", `${twice} must be sent once`);
    if (form.get("grant_type") !== "authorization_code") {
      throw new TokenRefused("unsupported_grant_type", "grant_type must be authorization_code or refresh_token");
    }
    if (granted === undefined) throw new TokenRefused("invalid_grant", "the code is unknown, over, or was used");
    const { client, redirectUri, challenge } = granted.request;
    if (form.get("client_id") !== client) throw new TokenRefused("invalid_grant", "the code is another client's");
    if (form.get("redirect_uri") !== redirectUri) {
      throw new TokenRefused("invalid_grant", "redirect_uri must be that of the authorization request");
    }
    const verifier = form.get("code_verifier") ?? "";
    if (!VERIFIER.test(verifier) || !isSame(createHash("sha256").update(verifier).digest("base64url"), challenge)) {
      throw new TokenRefused("invalid_grant", "code_verifier must be what code_challenge was made of (RFC 7636)");
    }
    return granted;
  }
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
