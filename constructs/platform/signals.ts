import { type ClientCredentials, onlyKnown, plainString, refuse, Ttl, type TtlInput } from "../../domain";
import { byText } from "../../domain/by-text";
import { VERIFICATION_SECONDS } from "../../domain/signal-verification";
import { IdentityCheck } from "./outbound";
import type { SecretReach } from "./secret-arn";

/** Where an issuer of users tells that logins have ended (OpenID Shared Signals Framework 1.0), and as which client the exchange asks it */
export interface SignalsProps {
  /**
   * https address at which security events are fetched (RFC 8936): `delivery.endpoint_url` of the stream.
   *
   * @default - none: the issuer pushes them
   */
  readonly poll?: string;
  /**
   * The issuer pushes security events (RFC 8935), to `https://<people.host>/security-events`; that opens a way in, so prefer `poll`.
   *
   * @default - none: they are fetched
   */
  readonly push?: PushProps;
  /** Claim `aud` of the security events: `aud` of the stream */
  readonly audience: string;
  /** https address at which the exchange gets a token for that, as a client of its own */
  readonly tokenEndpoint: string;
  /**
   * Scopes to ask for, parted by single spaces.
   *
   * @default - what that server gives by itself
   */
  readonly scope?: string;
  /** Its id with a secret in Secrets Manager, or with `key: "exchange"` */
  readonly client: ClientCredentials["client"];
  /**
   * How the exchange makes the issuer prove that the stream works; required with `push`.
   *
   * @default - an answered poll counts as proof
   */
  readonly verification?: StreamVerificationProps;
}

/** By what the exchange knows a transmitter that sends */
export interface PushProps {
  /**
   * ARN of the secret in Secrets Manager that is the whole value of the header `Authorization`: `delivery.authorization_header` of the
   * stream
   */
  readonly authorization: string;
}

/** Where the exchange asks for a verification of the stream (OpenID Shared Signals Framework 1.0 section 8.1.4.2) */
export interface StreamVerificationProps {
  /** https address: `verification_endpoint` of the issuer's metadata of Shared Signals */
  readonly endpoint: string;
  /** `stream_id` of the stream */
  readonly streamId: string;
  /**
   * From one request to the next, by all exchanges together: longer than `min_verification_interval` of the stream, from 10 s to 15 minutes.
   *
   * @default "90s"
   */
  readonly every?: TtlInput;
}

/** With the issuer that transmits, as the configuration of the exchange has it */
export interface PlatformSignals extends Omit<SignalsProps, "verification"> {
  readonly issuer: string;
  readonly verification?: Omit<StreamVerificationProps, "every"> & { readonly everySeconds: number };
}

interface Declared {
  readonly issuer: string;
  readonly signals?: SignalsProps;
}

const PROPERTIES = ["poll", "push", "audience", "tokenEndpoint", "scope", "client", "verification"] as const;
const { least, most } = VERIFICATION_SECONDS;

/**
 * What the issuers of users tell, sorted by issuer.
 *
 * @throws DeclarationError `platform.malformed`, `property.unknown`, `limit.malformed`, naming the property
 */
export function signalsOf(issuers: readonly Declared[], reach: SecretReach, where: string): readonly PlatformSignals[] {
  const declared = issuers.flatMap(({ issuer, signals }, index): readonly PlatformSignals[] => {
    if (signals === undefined) return [];
    const property = `issuers[${index}]`;
    onlyKnown(signals, PROPERTIES, `${where}.${property}.signals`);
    const check = new IdentityCheck("signals", property, reach, where);
    checkDelivery(signals, check, where, `${property}.signals`);
    plainString(signals.audience, where, `${property}.signals.audience`, "platform.malformed");
    check.atServer(signals);
    const { verification, ...rest } = signals;
    if (verification === undefined) return [{ issuer, ...rest }];
    const checked = verificationOf(verification, where, `${property}.signals.verification`);
    check.https("verification.endpoint", checked.endpoint);
    return [{ issuer, ...rest, verification: checked }];
  });
  return declared.sort((one, other) => byText(one.issuer, other.issuer));
}

/** Exactly one way, as the issuer sends each event once. */
function checkDelivery(
  { poll, push, verification }: SignalsProps,
  check: IdentityCheck,
  where: string,
  at: string,
): void {
  if (poll !== undefined && push === undefined) return check.https("poll", poll);
  if (push === undefined || poll !== undefined) {
    const got = poll === undefined ? "none" : "both";
    const what = `${at} must have one of poll and push, got ${got}: write poll, unless the issuer can only push`;
    return refuse("platform.malformed", where, what);
  }
  onlyKnown(push, ["authorization"], `${where}.${at}.push`);
  check.secret("push.authorization", push.authorization);
  if (verification !== undefined) return;
  const why = "without it, a stream that has stopped goes unnoticed";
  refuse("platform.malformed", where, `${at}.verification must be there with push, got undefined: ${why}`);
}

function verificationOf(
  verification: StreamVerificationProps,
  where: string,
  property: string,
): NonNullable<PlatformSignals["verification"]> {
  onlyKnown(verification, ["endpoint", "streamId", "every"], `${where}.${property}`);
  const { endpoint, streamId, every = Ttl.seconds(VERIFICATION_SECONDS.default) } = verification;
  plainString(streamId, where, `${property}.streamId`, "platform.malformed");
  const interval = Ttl.from(every, where, `${property}.every`);
  if (interval.seconds < least || interval.seconds > most) {
    const range = `from ${Ttl.seconds(least)} to ${Ttl.seconds(most)}`;
    refuse("platform.malformed", where, `${property}.every must be ${range}, got ${interval}`);
  }
  return { endpoint, streamId, everySeconds: interval.seconds };
}

/** ARNs of the secrets with which the exchange asks for signals */
export function secretsOfSignals(signals: readonly PlatformSignals[]): readonly string[] {
  return signals.flatMap(({ client, push }) => [
    ...("secret" in client ? [client.secret] : []),
    ...(push === undefined ? [] : [push.authorization]),
  ]);
}
