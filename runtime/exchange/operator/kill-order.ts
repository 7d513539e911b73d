import type { RegistryKillSwitch } from "../../../domain/registry/document";
import { KILL_ORDER_SECONDS, KILL_ORDER_TYPE } from "../../../domain/kill-order";
import { LIMITS } from "../../../domain";
import { isRecord } from "../../../domain/is-record";
import { bodyDigest } from "../../jose/body-digest";
import { type CompactJws, MalformedToken, parseCompact } from "../../jose/compact";
import { instant } from "../../jose/instant";
import { StaticKeys } from "../../jose/key-source";
import { isSignedBy } from "../../jose/verify";
import type { Operator } from "./operator";

export interface KillOrderProps {
  /** Claim `aud`: the exchange's issuer */
  readonly audience: string;
  readonly killSwitch: RegistryKillSwitch;
  /** What the order is about: the body of the request, byte for byte */
  readonly body: string;
  /** Whole seconds since the epoch */
  readonly now: number;
}

const LONGEST_JTI = 256;

/** Whether an unverified token claims to be an order of the kill switch. */
export function isKillOrder(token: string): boolean {
  const [header = ""] = token.split(".", 1);
  try {
    const read: unknown = JSON.parse(Buffer.from(header, "base64url").toString());
    return isRecord(read) && read.typ === KILL_ORDER_TYPE;
  } catch {
    return false;
  }
}

/**
 * Read an order of the kill switch: a JWS (ES256) by its key in the registry, for this exchange, at most a minute old, and for this very
 * body. That it is used once is for the write to say.
 *
 * @throws MalformedToken
 */
export async function readKillOrder(token: string, props: KillOrderProps): Promise<Operator> {
  const { audience, killSwitch, body, now } = props;
  const jws = parseCompact(token, { algorithms: ["ES256"] });
  if (jws.type !== KILL_ORDER_TYPE) throw new MalformedToken(`typ must be ${KILL_ORDER_TYPE}`);
  const { iss, aud, jti, body: digest } = jws.claims;
  if (iss !== killSwitch.issuer) throw new MalformedToken("iss must be the kill switch of the registry");
  await refuseUnsigned(jws, killSwitch);
  if (aud !== audience) throw new MalformedToken("aud must be the exchange and nothing else");
  if (typeof jti !== "string" || jti === "" || jti.length > LONGEST_JTI) throw new MalformedToken("jti must name it");
  if (digest !== bodyDigest(body)) throw new MalformedToken("it must be about the body that it comes with");
  const [issuedAt, expiresAt] = [instant(jws.claims, "iat"), Math.floor(instant(jws.claims, "exp"))];
  if (expiresAt - issuedAt > KILL_ORDER_SECONDS) throw new MalformedToken("it must live for at most a minute");
  if (issuedAt > now + LIMITS.clockSkew.seconds) throw new MalformedToken("it was issued in the future");
  if (now >= expiresAt) throw new MalformedToken("it has expired");
  return { kind: "kill-switch", issuer: killSwitch.issuer, jti, expiresAt };
}

/** By a key whose public half the registry holds */
async function refuseUnsigned(jws: CompactJws, { jwks, kms }: RegistryKillSwitch): Promise<void> {
  if (jwks === undefined) throw new MalformedToken("the registry was signed without the kill switch's keys");
  if (!kms.includes(jws.kid)) throw new MalformedToken("kid must be a key of the kill switch");
  const key = await new StaticKeys({ keys: jwks }).keyOf(jws.kid, "ES256");
  if (key === undefined || !(await isSignedBy(jws, key))) throw new MalformedToken("the signature is not its key's");
}
