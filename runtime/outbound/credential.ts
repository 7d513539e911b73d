import type { AccessTokenClaims } from "../token/access-token";

/** What is known where a tool is called */
export interface TokenFacts {
  /** Of a tool token that is good and stands */
  readonly claims: AccessTokenClaims;
  /** Issuers of users, as the registry names them */
  readonly issuers: readonly string[];
}

/** What goes into the call */
export interface Credential {
  /** By name in lower case */
  readonly headers: Readonly<Record<string, string>>;
  /** Whole seconds since the epoch; the present if its lifetime is unknown */
  readonly expiresAt: number;
}

/** One configured way to a tool */
export interface OutboundCredential {
  /**
   * @param signal aborts it at any stage
   * @throws OutboundFailure, Refusal
   */
  headersFor(facts: TokenFacts, signal: AbortSignal): Promise<Credential>;

  /**
   * A cached credential that is still good; undefined if there is none
   *
   * @param claims of {@link TokenFacts}
   */
  keptFor?(claims: AccessTokenClaims): Credential | undefined;
}

/** There is no credential. One sentence for the log, without anything secret. */
export class OutboundFailure extends Error {
  public override readonly name = "OutboundFailure";
}

/** Visible ASCII, so that it forms exactly one header */
const HEADER_VALUE = /^[\x21-\x7e]+$/;
const LONGEST_VALUE = 16_384;

/**
 * @param from name of the source in messages
 * @throws OutboundFailure if it would not form one header
 */
export function headerValue(secret: string, from: string): string {
  if (HEADER_VALUE.test(secret) && secret.length <= LONGEST_VALUE) return secret;
  throw new OutboundFailure(
    `${from} must be visible ASCII without spaces, at most ${LONGEST_VALUE} characters: it is sent in a header`,
  );
}

/** RFC 6750 section 2.1 */
export function bearer(token: string, from: string): Credential["headers"] {
  return { authorization: `Bearer ${headerValue(token, from)}` };
}

/** What an error says of itself without its message, which may repeat what was sent */
export function kindOf(error: unknown): string {
  const { code, name } = Object(error) as { readonly code?: unknown; readonly name?: unknown };
  const words = [code, name].find((word) => typeof word === "string" && /^\w{1,64}$/.test(word));
  return typeof words === "string" ? words : "an unknown error";
}
