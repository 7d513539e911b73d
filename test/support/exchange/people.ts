import type { RegistryPeople } from "../../../domain";
import { StaticKeys } from "../../../runtime/jose/key-source";
import { IdTokens } from "../../../runtime/people/id-tokens";
import { MemoryStore } from "../../../runtime/store/memory-store";
import type { StateStore } from "../../../runtime/store/store";
import { compact, jwkOf, type Members, tokenKey } from "../tokens";
import { smallFleet } from "./small-fleet";

export const NOW = 1_800_000_000;

/** What the platform says of its people */
export const PEOPLE: RegistryPeople = {
  issuer: "https://login.acme.example",
  jwksUri: "https://login.acme.example/keys",
  algorithms: ["ES256"],
  clientId: "ambit-approvals",
  groupsClaim: "groups",
  recentLoginSeconds: 900,
  operators: ["on-call"],
  approvers: {
    "finance-controllers": { claim: "/finance/controllers", clearance: "restricted" },
    "support-leads": { claim: "support-leads", clearance: "internal" },
  },
};

export const PEOPLE_KEY = tokenKey("login-1");

/** Of Ada, who logged in a minute ago */
export const ID_TOKEN: Members = {
  iss: PEOPLE.issuer,
  sub: "ada",
  aud: PEOPLE.clientId,
  iat: NOW - 60,
  exp: NOW + 240,
  auth_time: NOW - 60,
  email: "ada@acme.example",
  email_verified: true,
  groups: ["support-leads"],
};

/** An ID token with these claims besides; a claim that is undefined is left out */
export function idToken(more: Members = {}, header: Members = {}, key = PEOPLE_KEY): string {
  return compact(
    { alg: "ES256", kid: PEOPLE_KEY.kid, typ: "JWT", ...header },
    { ...ID_TOKEN, ...more },
    key.privateKey,
  );
}

/** What reads ID tokens of these people at this time */
export function idTokens(
  people: RegistryPeople | undefined = PEOPLE,
  now = NOW,
  store: StateStore = new MemoryStore(() => now),
): IdTokens {
  const keys = new StaticKeys({ keys: [jwkOf(PEOPLE_KEY)] });
  const registry = { current: () => ({ ...smallFleet([], []), people: people as never }) };
  return new IdTokens({ registry, keysOf: () => keys, state: async () => ({ store }), clock: () => now });
}
