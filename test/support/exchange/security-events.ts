import type { RegistryIssuer } from "../../../domain";
import { StaticKeys } from "../../../runtime/jose/key-source";
import { compact, jwkOf, type Members, tokenKey } from "../tokens";

export const NOW = 1_800_000_000;
export const AUDIENCE = "ambit-prod";
/** As the registry has it */
export const TRANSMITTER: RegistryIssuer = {
  issuer: "https://login.acme.example",
  jwksUri: "https://login.acme.example/keys",
  algorithms: ["ES256"],
};
export const SESSION_REVOKED = "https://schemas.openid.net/secevent/caep/event-type/session-revoked";

const KEY = tokenKey("login-1");
const ANOTHER = tokenKey("login-1");
const KEYS = new StaticKeys({ keys: [jwkOf(KEY)] });

export const keysOf = () => KEYS;

/** A security event token of these claims; a claim that is null is left out */
export function setOf(claims: Members, header: Members = {}, key: "another" | "its own" = "its own"): string {
  const all = { alg: "ES256", kid: "login-1", typ: "secevent+jwt", ...header };
  return compact(there(all), there(claims), (key === "another" ? ANOTHER : KEY).privateKey, "ES256");
}

/** That a session of this user was revoked */
export function revokedSession(jti: string, sub = "alice", at = NOW - 10, iat = NOW - 5): string {
  return setOf({
    iss: TRANSMITTER.issuer,
    aud: AUDIENCE,
    jti,
    iat,
    sub_id: { format: "iss_sub", iss: TRANSMITTER.issuer, sub },
    events: { [SESSION_REVOKED]: { event_timestamp: at } },
  });
}

function there(members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));
}
