import { hash } from "node:crypto";
import { INPUT_LIMITS, LIMITS } from "../../domain";
import { STARTER_STARTS, type StarterStart } from "../../domain/rules/starts";
import { isRecord } from "../../domain/is-record";
import { type CompactJws, MalformedToken } from "../jose/compact";
import { optionalInstant } from "../jose/instant";
import type { JsonObject } from "../jose/json";

/** @throws MalformedToken */
export function optionalText(claims: JsonObject, name: string): string | undefined {
  const value = claims[name];
  if (value === undefined) return undefined;
  if (typeof value === "string" && value !== "" && value.length <= INPUT_LIMITS.text) return value;
  throw new MalformedToken(`${name} must be text of at most ${INPUT_LIMITS.text} characters`);
}

/** @throws MalformedToken */
export function text(claims: JsonObject, name: string): string {
  const value = optionalText(claims, name);
  if (value === undefined) throw new MalformedToken(`${name} must be there`);
  return value;
}

/** Claim `aud`: one text, or a list of them (RFC 7519 section 4.1.3) */
export function audienceOf({ aud }: JsonObject): readonly string[] {
  const named: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  return named.filter((one): one is string => typeof one === "string").length === named.length
    ? (named as readonly string[])
    : [];
}

/** Claim `email` (OpenID Connect Core 1.0 section 5.1), only if `email_verified` is exactly true */
export function verifiedEmailOf(claims: JsonObject): string | undefined {
  return claims.email_verified === true ? optionalText(claims, "email") : undefined;
}

/** Claim `may_act.sub` (RFC 8693 section 4.4) */
export function mayActOf({ may_act: mayAct }: JsonObject): string | undefined {
  if (mayAct === undefined) return undefined;
  if (isRecord(mayAct)) return text(mayAct, "sub");
  throw new MalformedToken("may_act must be an object");
}

/** Seconds since the epoch. What is missing is no number, which no rule takes for a time that is right. */
export interface Times {
  /** Rounded down, so that lifetimes are not extended by a fraction */
  readonly expiresAt: number;
  readonly issuedAt: number;
  readonly notBefore: number | undefined;
}

/** @throws MalformedToken */
export function timesOf(claims: JsonObject): Times {
  return {
    expiresAt: Math.floor(optionalInstant(claims, "exp") ?? NaN),
    issuedAt: optionalInstant(claims, "iat") ?? NaN,
    notBefore: optionalInstant(claims, "nbf"),
  };
}

/** Whether it is not to be taken yet, for a clock that may be behind */
export function isAhead(notBefore: number | undefined, now: number): boolean {
  return notBefore !== undefined && notBefore > now + LIMITS.clockSkew.seconds;
}

/** Claim `ambit_session`: whether the signer requests a clean session */
export function asksForNewSession({ ambit_session: session }: JsonObject): boolean {
  if (session === undefined || session === "new") return session === "new";
  throw new MalformedToken('ambit_session must be "new" or left out');
}

/** Claim `ambit_start`: kind of start that the starter signed; undefined if absent */
export function startOf({ ambit_start: start }: JsonObject): StarterStart | undefined {
  const known = STARTER_STARTS.find((one) => one === start);
  if (start === undefined || known !== undefined) return known;
  throw new MalformedToken(`ambit_start must be ${STARTER_STARTS.join(" or ")}, or left out`);
}

/**
 * Identifies the evidence regardless of its signature: by issuer and `jti`, or without `jti` by the signed content. Not
 * by the signature, because anyone can turn an ECDSA signature into another valid one.
 */
export function digestOf({ claims, signed }: CompactJws): string {
  const jti = optionalText(claims, "jti");
  const name = jti === undefined ? ["signed", claims.iss, signed] : ["jti", claims.iss, jti];
  return hash("sha256", JSON.stringify(name), "base64url");
}
