import { LIMITS, refuse, Ttl, type TtlInput } from "../../../domain";

/** SPIRE, pkg/server/ca/manager: an SVID may live for a sixth of its CA, or is silently cut short. */
const CA_LIFETIMES_PER_SVID = 6;

/** How long what SPIRE issues may live; shorter than the defaults, never longer. */
export interface SpireLifetimes {
  /**
   * X.509-SVIDs; agents renew them at half of it.
   *
   * @default "1h"
   */
  readonly x509Svid?: TtlInput;
  /**
   * JWT-SVIDs, which can be replayed until they expire.
   *
   * @default "5m"
   */
  readonly jwtSvid?: TtlInput;
  /**
   * The CA's certificate and the key that signs JWT-SVIDs; at least six times the longest SVID.
   *
   * @default "24h"
   */
  readonly ca?: TtlInput;
}

export interface Lifetimes {
  readonly x509Svid: Ttl;
  readonly jwtSvid: Ttl;
  readonly ca: Ttl;
}

/** @throws DeclarationError `spire.lifetime` */
export function lifetimesOf(props: SpireLifetimes | undefined, where: string): Lifetimes {
  const limits = { x509Svid: LIMITS.x509Svid, jwtSvid: LIMITS.jwtSvid, ca: LIMITS.spireCa };
  const settled = (name: keyof Lifetimes): Ttl => {
    const limit = limits[name];
    const given = props?.[name];
    const ttl = given === undefined ? limit : Ttl.from(given, where, `lifetimes.${name}`);
    if (ttl.seconds > limit.seconds) {
      refuse("spire.lifetime", where, `lifetimes.${name} must be at most ${limit}, got ${ttl}: shorten it`);
    }
    return ttl;
  };
  const lifetimes = { x509Svid: settled("x509Svid"), jwtSvid: settled("jwtSvid"), ca: settled("ca") };
  for (const name of ["x509Svid", "jwtSvid"] as const) {
    if (lifetimes.ca.seconds >= CA_LIFETIMES_PER_SVID * lifetimes[name].seconds) continue;
    const sentence = `lifetimes.ca must be at least six times lifetimes.${name} (${lifetimes[name]}), got ${lifetimes.ca}`;
    refuse("spire.lifetime", where, `${sentence}: lengthen it, or SPIRE silently cuts SVIDs short`);
  }
  return lifetimes;
}
