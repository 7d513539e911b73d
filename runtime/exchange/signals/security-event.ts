import { LIMITS, type RegistryIssuer } from "../../../domain";
import { isRecord } from "../../../domain/is-record";
import { MalformedToken } from "../../jose/compact";
import { instant } from "../../jose/instant";
import type { JsonObject } from "../../jose/json";
import { audienceOf, isAhead, optionalText, text } from "../../outside/claims";
import { type KeysOf, verifyOutside } from "../../outside/outside-token";
import { Refusal } from "../../refusal/refusal";
import {
  CHANGES,
  CHANGES_THAT_END,
  CREDENTIAL_CHANGE,
  ENDING,
  OF_ACCOUNT,
  STREAM_UPDATED,
  VERIFICATION,
} from "./event-types";
import { type SetError, SetRefused } from "./set-refused";
import { subjectOf } from "./subject";

/** What a transmitter tells, in the words of the exchange */
export type SecurityEvent = { readonly jti: string } & (
  | {
      readonly kind: "logins-ended";
      readonly type: string;
      readonly subject: string;
      /** By the transmitter's clock, whole seconds since the epoch: what was issued until then is of a login that has ended */
      readonly before: number;
    }
  | { readonly kind: "verification"; readonly state: string | undefined; readonly at: number }
  | { readonly kind: "stream"; readonly status: string; readonly reason: string | undefined; readonly at: number }
  /** Events that have no effect here */
  | { readonly kind: "other"; readonly type: string }
);

export interface SecurityEventProps {
  /** As the registry has it: the transmitter signs with the keys of its users' tokens */
  readonly issuer: RegistryIssuer;
  /** Claim `aud`: what the transmitter calls this exchange */
  readonly audience: string;
  readonly keysOf: KeysOf;
  /** Whole seconds since the epoch */
  readonly now: number;
}

/** RFC 8417 section 2.3; RFC 7515 section 4.1.9 compares types without regard to case and to `application/` */
const TYPE = "secevent+jwt";
/** What tokens have by which users log in and call, and no security event (OpenID Shared Signals Framework 1.0 section 4.1) */
const OF_OTHER_TOKENS = ["exp", "sub", "nonce"] as const;

/** Largest age of an event when its token was issued; older times are refused */
const LONGEST_DELAY_SECONDS = 86_400;

const READ: Readonly<Record<string, readonly [SetError, string]>> = {
  "evidence.malformed": ["invalid_request", "it is no sound JWS"],
  "evidence.issuer-unknown": ["invalid_issuer", "iss must be the issuer that it was fetched from"],
  "evidence.signature": ["invalid_key", "the signature is not its issuer's"],
};

/**
 * Read a security event token (RFC 8417) of a transmitter that is an issuer of users.
 *
 * @throws SetRefused; Refusal `evidence.keys-unavailable`, after which the token is not answered
 */
export async function readSecurityEvent(token: string, props: SecurityEventProps): Promise<SecurityEvent> {
  const { type, claims } = await verified(token, props);
  if (type?.toLowerCase().replace(/^application\//, "") !== TYPE) {
    throw new SetRefused("invalid_request", `typ must be ${TYPE}`);
  }
  if (!audienceOf(claims).includes(props.audience)) {
    throw new SetRefused("invalid_audience", "aud must name this receiver");
  }
  try {
    return eventIn(claims, props);
  } catch (error) {
    if (error instanceof MalformedToken) throw new SetRefused("invalid_request", error.message, { cause: error });
    throw error;
  }
}

async function verified(token: string, { issuer, keysOf }: SecurityEventProps) {
  try {
    return (await verifyOutside(token, [issuer], keysOf)).jws;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const [code, message] = READ[error.message] ?? [];
    if (code === undefined) throw error;
    throw new SetRefused(code, message as string, { cause: error, mayPass: code === "invalid_key" });
  }
}

/** @throws MalformedToken, SetRefused */
function eventIn(claims: JsonObject, { issuer, now }: SecurityEventProps): SecurityEvent {
  const other = OF_OTHER_TOKENS.find((name) => claims[name] !== undefined);
  if (other !== undefined) throw new MalformedToken(`${other} must not be there: it is of another kind of token`);
  const jti = text(claims, "jti");
  const issuedAt = instant(claims, "iat");
  refuseAhead(issuedAt, now);
  const [type, facts] = onlyEvent(claims);
  if (type === VERIFICATION) return { jti, kind: "verification", state: optionalText(facts, "state"), at: issuedAt };
  if (type === STREAM_UPDATED) {
    const [status, reason] = [text(facts, "status"), optionalText(facts, "reason")];
    return { jti, kind: "stream", status, reason, at: issuedAt };
  }
  if (!endsLogins(type, facts)) return { jti, kind: "other", type };
  const subject = subjectOf(claims.sub_id, issuer.issuer);
  const told = [facts.event_timestamp, claims.toe].find((time) => isUsable(time, issuedAt, now)) ?? issuedAt;
  const at = OF_ACCOUNT.includes(type) ? Math.max(told, issuedAt) : told;
  return { jti, kind: "logins-ended", type, subject, before: Math.floor(at) };
}

/** OpenID Shared Signals Framework 1.0 section 4.1: of several it would not be clear which one is reported as wrong. */
function onlyEvent({ events }: JsonObject): readonly [type: string, facts: JsonObject] {
  const [event, ...others] = isRecord(events) ? Object.entries(events) : [];
  if (event === undefined || others.length > 0) throw new MalformedToken("events must have exactly one event");
  const [type, facts] = event;
  if (!isRecord(facts)) throw new MalformedToken("the event must be an object");
  return [type, facts];
}

function endsLogins(type: string, { change_type: change }: JsonObject): boolean {
  if (type !== CREDENTIAL_CHANGE) return ENDING.includes(type);
  if (!CHANGES.includes(change)) throw new MalformedToken("change_type must be create, revoke, update or delete");
  return CHANGES_THAT_END.includes(change);
}

/** A time in milliseconds or of another year must not keep logins alive: the time of the token stands in for it. */
function isUsable(time: unknown, issuedAt: number, now: number): time is number {
  return typeof time === "number" && time >= issuedAt - LONGEST_DELAY_SECONDS && !isAhead(time, now);
}

/** @throws SetRefused, which a clock that goes on may undo */
function refuseAhead(issuedAt: number, now: number): void {
  if (!isAhead(issuedAt, now)) return;
  const message = `iat must not be more than ${LIMITS.clockSkew.seconds} s in the future`;
  throw new SetRefused("invalid_request", message, { mayPass: true });
}
