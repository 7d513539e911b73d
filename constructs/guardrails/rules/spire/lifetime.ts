import { secondsOf } from "../../private/go-duration";
import { registrationsOf } from "../../private/registrations";
import { placeOf } from "../../private/spire-places";
import type { BlockRule, Violation } from "../../rule";
import { isAboutSpire, SPIRE_TYPES, spireConfigsOf } from "../../spire-config";
import type { BlockBody } from "../../value";

/** Longest lives in seconds: an SVID that is out cannot be revoked, as SPIRE has no list of revoked ones. */
const X509 = 3600;
const JWT = 300;
/** Of what signs SVIDs, and of the agents that fetch them */
const AUTHORITY = 86_400;

/** What is left out has SPIRE's default: an hour, five minutes and a day. */
export const lifetime: BlockRule = {
  id: "AMBIT-SPIRE-LIFETIME",
  severity: "medium",
  what: "an X.509-SVID must live for an hour at most, a JWT-SVID for five minutes, and an authority and an agent of SPIRE for a day",
  why: "SPIRE revokes none, so a stolen one and a stopped agent's one work until they end",
  fix: "write 1h, 5m and 24h or less, or leave the lifetimes out of a configuration; the defaults of a chart are longer",
  standards: ["sp800-207/3", "owasp-nhi/NHI7", "owasp-asi/ASI03", "sp800-53/IA-5", "sp800-53/SC-12"],
  looksAt: SPIRE_TYPES,
  isAbout: isAboutSpire,
  *check(block, stack) {
    for (const { at, configuration } of spireConfigsOf(block, stack)) {
      const { server = {} } = configuration;
      yield* longerIn(
        server,
        { default_x509_svid_ttl: X509, default_jwt_svid_ttl: JWT, ca_ttl: AUTHORITY, agent_ttl: AUTHORITY },
        at,
      );
    }
    for (const { at, spec } of registrationsOf(block, stack))
      yield* longerIn(spec, { ttl: X509, jwtTtl: JWT, x509SVIDTTL: X509, jwtSVIDTTL: JWT }, at);
  },
};

function* longerIn(body: BlockBody, limits: Readonly<Record<string, number>>, at: string): Generator<Violation> {
  for (const [name, limit] of Object.entries(limits)) {
    const value = body[name] ?? null;
    if (value !== null && secondsOf(value, placeOf(at, name)) > limit)
      yield { what: name, at: placeOf(at, name), evidence: value };
  }
}
