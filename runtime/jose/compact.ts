import { isRecord } from "../../domain/is-record";
import { type Algorithm, isAlgorithm } from "./algorithms";
import { type JsonObject, strictJsonObject } from "./json";

/** Longer tokens are not looked at */
export const LONGEST_TOKEN = 16_384;
/** Characters of a key's name */
const LONGEST_KEY_ID = 512;

/** A JWS in compact form that has been read and not yet verified */
export interface CompactJws {
  readonly token: string;
  /** What the signature is over */
  readonly signed: string;
  readonly algorithm: Algorithm;
  /** Names the key; empty only where the key is embedded */
  readonly kid: string;
  /** As written; undefined if absent */
  readonly type: string | undefined;
  /** The header's `jwk`, only where it is asked for */
  readonly embeddedKey: JsonObject | undefined;
  readonly claims: JsonObject;
}

export interface CompactRules {
  /** Others are refused before any key is looked at */
  readonly algorithms: readonly string[];
  /**
   * `embedded` for a proof of possession (RFC 9449), which names no key but holds it.
   *
   * @default "named"
   */
  readonly key?: "embedded" | "named";
}

/** ES256 over the bytes */
export type Sign = (bytes: Uint8Array) => Promise<Uint8Array>;

/** A JWS in compact form (RFC 7515 section 7.1), signed by a key that is not in this process */
export async function signedCompact(header: object, claims: object, sign: Sign): Promise<string> {
  const signed = `${encoded(header)}.${encoded(claims)}`;
  return `${signed}.${Buffer.from(await sign(Buffer.from(signed))).toString("base64url")}`;
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** The token is not a verifiable JWS. */
export class MalformedToken extends Error {
  public override readonly name = "MalformedToken";
}

/** A key that the token's maker chose, what has to be understood, and what changes how the payload is read */
const REFUSED_MEMBERS = ["crit", "jku", "x5c", "x5u", "b64", "zip", "enc"];

/**
 * Read a token as docs/exchange.md says under "Evidence", in time linear in its length.
 *
 * @throws MalformedToken
 */
export function parseCompact(token: string, { algorithms, key = "named" }: CompactRules): CompactJws {
  if (token.length > LONGEST_TOKEN) throw new MalformedToken(`the token must have at most ${LONGEST_TOKEN} bytes`);
  const first = token.indexOf(".");
  const second = token.indexOf(".", first + 1);
  if (first < 0 || second < 0) throw new MalformedToken("the token must have three parts");
  const header = objectIn(token.slice(0, first), "header");
  const algorithm = header.alg;
  if (!isAlgorithm(algorithm) || !algorithms.includes(algorithm)) {
    throw new MalformedToken(`alg must be one of ${algorithms.join(", ")}`);
  }
  const refused = [...REFUSED_MEMBERS, ...(key === "named" ? ["jwk"] : [])].find((member) => member in header);
  if (refused !== undefined) throw new MalformedToken(`the header must have no ${refused}`);
  const { kid, typ, jwk } = header;
  if (typ !== undefined && typeof typ !== "string") throw new MalformedToken("typ must be a string");
  if (key === "embedded" && !isRecord(jwk)) throw new MalformedToken("jwk must be a public key");
  const claims = objectIn(token.slice(first + 1, second), "payload");
  bytesOf(token.slice(second + 1), "signature");
  return {
    token,
    signed: token.slice(0, second),
    algorithm,
    kid: key === "embedded" ? "" : keyId(kid),
    type: typ,
    embeddedKey: isRecord(jwk) ? jwk : undefined,
    claims,
  };
}

function keyId(kid: unknown): string {
  if (typeof kid === "string" && kid !== "" && kid.length <= LONGEST_KEY_ID) return kid;
  throw new MalformedToken(`kid must name the key in at most ${LONGEST_KEY_ID} characters`);
}

function objectIn(part: string, name: string): JsonObject {
  const value = strictJsonObject(bytesOf(part, name));
  if (value === undefined)
    throw new MalformedToken(`the ${name} must be a JSON object that can be read in one way only`);
  return value;
}

/** The one way to write these bytes (RFC 4648 sections 3.5 and 5), so that a token has no twins. */
function bytesOf(part: string, name: string): Buffer {
  const bytes = Buffer.from(part, "base64url");
  if (part !== "" && bytes.toString("base64url") === part) return bytes;
  throw new MalformedToken(`the ${name} must be canonical base64url`);
}
