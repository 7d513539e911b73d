import type { JsonObject } from "../jose/json";
import { ACCESS_TOKEN_URN, JWT_URN } from "../token/token-answer";
import { bearer, type Credential, OutboundFailure } from "./credential";

/** Seconds; a longer lifetime is a configuration mistake, and revoked access would last that long */
const LONGEST_LIFE = 3_600;
const ACCESS_TOKENS: readonly unknown[] = [ACCESS_TOKEN_URN, JWT_URN];

/**
 * The credential in an answer of RFC 6749 section 5.1. Without a lifetime it is good for one call.
 *
 * @param now time of the request: whole seconds since the epoch
 * @throws OutboundFailure
 */
export function tokenIn(answer: JsonObject, from: string, now: number): Credential {
  const { access_token: token, token_type: type, expires_in: seconds = 0 } = answer;
  if (typeof token !== "string") throw new OutboundFailure(`${from} answered without access_token`);
  if (typeof type !== "string" || type.toLowerCase() !== "bearer") {
    throw new OutboundFailure(`${from} must answer a token of token_type Bearer`);
  }
  if (typeof seconds !== "number" || !(seconds >= 0)) {
    throw new OutboundFailure(`expires_in of ${from} must be a number of seconds`);
  }
  return {
    headers: bearer(token, `access_token of ${from}`),
    expiresAt: now + Math.floor(Math.min(seconds, LONGEST_LIFE)),
  };
}

/**
 * The same of token exchange, whose answer says what it is (RFC 8693 section 2.2.1)
 *
 * @throws OutboundFailure
 */
export function exchangedTokenIn(answer: JsonObject, from: string, now: number): Credential {
  if (!ACCESS_TOKENS.includes(answer.issued_token_type)) {
    throw new OutboundFailure(`${from} must answer a token of issued_token_type access_token`);
  }
  return tokenIn(answer, from, now);
}
