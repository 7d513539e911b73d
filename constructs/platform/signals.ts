import { type ClientCredentials, onlyKnown, plainString } from "../../domain";
import { byText } from "../../domain/by-text";
import { IdentityCheck } from "./outbound";
import type { SecretReach } from "./secret-arn";

/** Where an issuer of users tells that logins have ended (OpenID Shared Signals Framework 1.0), and as which client the exchange asks it */
export interface SignalsProps {
  /** https address at which security events are fetched (RFC 8936): `delivery.endpoint_url` of the stream */
  readonly poll: string;
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
}

/** With the issuer that transmits, as the configuration of the exchange has it */
export interface PlatformSignals extends SignalsProps {
  readonly issuer: string;
}

interface Declared {
  readonly issuer: string;
  readonly signals?: SignalsProps;
}

const PROPERTIES = ["poll", "audience", "tokenEndpoint", "scope", "client"] as const;

/**
 * What the issuers of users tell, sorted by issuer.
 *
 * @throws DeclarationError `platform.malformed`, `property.unknown`, naming the property
 */
export function signalsOf(issuers: readonly Declared[], reach: SecretReach, where: string): readonly PlatformSignals[] {
  const declared = issuers.flatMap(({ issuer, signals }, index): readonly PlatformSignals[] => {
    if (signals === undefined) return [];
    const property = `issuers[${index}]`;
    onlyKnown(signals, PROPERTIES, `${where}.${property}.signals`);
    const check = new IdentityCheck("signals", property, reach, where);
    check.https("poll", signals.poll);
    plainString(signals.audience, where, `${property}.signals.audience`, "platform.malformed");
    check.atServer(signals);
    return [{ issuer, ...signals }];
  });
  return declared.sort((one, other) => byText(one.issuer, other.issuer));
}

/** ARNs of the secrets with which the exchange asks for signals */
export function secretsOfSignals(signals: readonly PlatformSignals[]): readonly string[] {
  return signals.flatMap(({ client }) => ("secret" in client ? [client.secret] : []));
}
