import { type ExchangeReasonCode, INPUT_LIMITS, LIMITS } from "../../domain";
import type { RegistryPeople } from "../../domain/registry/people";
import type { Clock } from "../clock";
import { audienceOf, isAhead, text, timesOf, verifiedEmailOf } from "../outside/claims";
import { type KeysOf, verifyOutside } from "../outside/outside-token";
import { type CompactJws, MalformedToken } from "../jose/compact";
import { instant } from "../jose/instant";
import type { JsonObject } from "../jose/json";
import { Refusal } from "../refusal/refusal";
import type { Registry } from "../registry/registry";
import type { EpochState } from "../session/stored";
import { endedLogin, isEndedLogin } from "./ended-login";
import type { AuthenticatedPerson } from "./person";

export interface IdTokensProps {
  readonly registry: Registry;
  readonly keysOf: KeysOf;
  /**
   * Where it stands whose logins have ended.
   *
   * @throws Refusal `store.restored`, StoreUnavailable
   */
  readonly state: () => Promise<Pick<EpochState, "store">>;
  readonly clock: Clock;
}

/** More groups than a token of 16 KiB has */
const MOST_GROUPS = 1_000;

/** OpenID Connect Core 1.0 does not restrict `typ`; RFC 7515 section 4.1.9 compares it case-insensitively. */
const TYPES: readonly unknown[] = [undefined, "jwt"];

/**
 * What only other tokens of the same issuer and client have: access tokens (RFC 9068 section 2.2; Keycloak's `typ`, Cognito's `token_use`) and
 * logout tokens (OpenID Connect Back-Channel Logout 1.0 section 2.4).
 */
const OTHERS: readonly (readonly [claim: string, ofIdTokens: string | undefined])[] = [
  ["client_id", undefined],
  ["scope", undefined],
  ["events", undefined],
  ["typ", "ID"],
  ["token_use", "id"],
];

/** What verification of any outside token is refused with, in the words of a person's */
const READ: Readonly<Record<string, readonly [ExchangeReasonCode, string]>> = {
  "evidence.malformed": ["person.evidence", "the ID token is no sound JWT"],
  "evidence.issuer-unknown": ["person.evidence", "the ID token is of another issuer than people of the platform names"],
  "evidence.signature": ["person.evidence", "the ID token's signature is not its issuer's"],
  "evidence.keys-unavailable": [
    "person.keys-unavailable",
    "the keys of the people's identity provider could not be read",
  ],
};

/** ID tokens (OpenID Connect Core 1.0 section 2) of the identity provider that the signed registry names */
export class IdTokens {
  constructor(private readonly props: IdTokensProps) {}

  /**
   * The person who logged in, recently enough to act.
   *
   * @throws Refusal `person.undeclared`, `person.evidence`, `person.keys-unavailable`, `person.other-client`, `person.expired`,
   * `person.from-future`, `person.stale-login`, `person.no-groups`, `store.restored`
   * @throws RegistryUnavailable, StoreUnavailable
   */
  public async of(token: string): Promise<AuthenticatedPerson> {
    const { people } = this.props.registry.current();
    if (people === undefined) throw Refusal.of("person.undeclared");
    const jws = await this.verified(token, people);
    if (isOther(jws)) throw Refusal.of("person.evidence", "the token is no ID token, but another one of its issuer");
    const person = soundly(() => personOf(jws.claims, people, this.props.clock()));
    if (await isEndedLogin((await this.props.state()).store, person)) throw endedLogin();
    return person;
  }

  private async verified(token: string, people: RegistryPeople): Promise<CompactJws> {
    try {
      return (await verifyOutside(token, [people], this.props.keysOf)).jws;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const [code, detail] = READ[error.message] ?? [];
      throw code === undefined ? error : Refusal.of(code, detail, { cause: error.cause });
    }
  }
}

/** Whose login is not for this client, over, or too long ago, is no person here. */
function personOf(claims: JsonObject, people: RegistryPeople, now: number): AuthenticatedPerson {
  const { issuer, clientId, recentLoginSeconds } = people;
  const { expiresAt, issuedAt, notBefore } = timesOf(claims);
  const authenticatedAt = instant(claims, "auth_time");
  if (!isFor(claims, clientId)) throw Refusal.of("person.other-client");
  if (!(expiresAt > now)) throw Refusal.of("person.expired");
  if (!(issuedAt <= now + LIMITS.clockSkew.seconds) || isAhead(notBefore, now) || isAhead(authenticatedAt, now)) {
    throw Refusal.of("person.from-future");
  }
  if (now - authenticatedAt > recentLoginSeconds) {
    throw Refusal.of("person.stale-login", `the login was more than ${recentLoginSeconds} s ago`);
  }
  return {
    issuer,
    subject: text(claims, "sub"),
    email: verifiedEmailOf(claims),
    groups: groupsOf(claims, people),
    authenticatedAt,
  };
}

/** OpenID Connect Core 1.0 section 3.1.3.7, 3 to 5: no audience is trusted but this one. */
function isFor(claims: JsonObject, clientId: string): boolean {
  const [audience, ...others] = audienceOf(claims);
  const party = claims.azp;
  return audience === clientId && others.length === 0 && (party === undefined || party === clientId);
}

function isOther({ type, claims }: CompactJws): boolean {
  if (!TYPES.includes(type?.toLowerCase())) return true;
  return OTHERS.some(([claim, own]) => claims[claim] !== undefined && claims[claim] !== own);
}

/** Some issuers leave the claim out for people with many groups, and name an address where they are: that is no proof of any. */
function groupsOf(claims: JsonObject, { groupsClaim }: RegistryPeople): ReadonlySet<string> {
  const groups: unknown = Object.hasOwn(claims, groupsClaim) ? claims[groupsClaim] : undefined;
  if (!Array.isArray(groups) || groups.length > MOST_GROUPS || !groups.every(isGroup)) {
    throw Refusal.of("person.no-groups", `the claim ${groupsClaim} of the ID token is no list of groups`);
  }
  return new Set(groups);
}

function isGroup(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= INPUT_LIMITS.text;
}

function soundly<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedToken) throw Refusal.of("person.evidence", error.message, { cause: error });
    throw error;
  }
}
