import { createHash } from "node:crypto";
import { LIMITS } from "../../domain";
import { parseCompact } from "../jose/compact";
import { instant } from "../jose/instant";
import { thumbprint } from "../jose/thumbprint";
import { isSignedBy, verificationKey } from "../jose/verify";
import { Refusal } from "../refusal/refusal";

const TYPE = "dpop+jwt";
const LONGEST_ID = 256;

export interface DpopRequest {
  /** Of HTTP, such as `POST` */
  readonly method: string;
  /** Address that the client used; query and fragment are not looked at */
  readonly url: string;
  /** Seconds since the epoch */
  readonly now: number;
  /**
   * The token that the proof comes with.
   *
   * @default - none, as at the token endpoint
   */
  readonly accessToken?: string;
}

/** A proof that its sender holds a key. The caller sees to it that it is used once. */
export interface DpopProof {
  readonly jti: string;
  /** Thumbprint of the key (RFC 7638) */
  readonly jkt: string;
  /** Seconds since the epoch */
  readonly issuedAt: number;
}

/**
 * RFC 9449 section 4.3
 *
 * @throws Refusal `dpop.invalid`
 */
export async function verifyDpop(proof: string, request: DpopRequest): Promise<DpopProof> {
  try {
    return await verified(proof, request);
  } catch (error) {
    throw Refusal.of("dpop.invalid", undefined, { cause: error });
  }
}

async function verified(proof: string, { method, url, now, accessToken }: DpopRequest): Promise<DpopProof> {
  const jws = parseCompact(proof, { algorithms: ["ES256"], key: "embedded" });
  const { claims, embeddedKey = {} } = jws;
  if (jws.type !== TYPE) throw new Error(`typ must be ${TYPE}`);
  const { htm, htu, jti, ath } = claims;
  if (htm !== method) throw new Error(`htm must be ${method}`);
  if (typeof htu !== "string" || /[?#]/.test(htu) || addressOf(htu) !== addressOf(url)) {
    throw new Error(`htu must be ${addressOf(url)}`);
  }
  if (typeof jti !== "string" || jti === "" || jti.length > LONGEST_ID) {
    throw new Error(`jti must be a string of at most ${LONGEST_ID} characters`);
  }
  const issuedAt = instant(claims, "iat");
  if (Math.abs(now - issuedAt) > LIMITS.clockSkew.seconds) throw new Error("iat must be of now");
  if (ath !== (accessToken === undefined ? undefined : digest(accessToken))) {
    throw new Error("ath must be the digest of the access token that the proof comes with");
  }
  const key = await verificationKey(embeddedKey, jws.algorithm);
  if (key === undefined || !(await isSignedBy(jws, key))) throw new Error("the signature must be of the key in jwk");
  return { jti, jkt: thumbprint(embeddedKey), issuedAt };
}

/** Scheme, host, port and path (RFC 3986 section 6.2) */
function addressOf(url: string): string {
  const { protocol, username, password, host, pathname } = new URL(url);
  if (username !== "" || password !== "") throw new Error("the address must name no user");
  return `${protocol}//${host}${pathname}`;
}

function digest(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}
