import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { developmentCertificate } from "./development-certificate";

/** Certificate and private key in PEM */
export interface DevelopmentSvid {
  readonly certificate: string;
  readonly key: string;
}

/** Names under which a server is called, besides its SPIFFE ID */
export interface ServerNames {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const NO_NAMES: ServerNames = { dnsNames: [], ipAddresses: [] };
const DAY_MILLISECONDS = 86_400_000;
/** So that a clock that is a little late does not refuse what was just made */
const EARLY_MILLISECONDS = 30_000;
const JWT_SVID_SECONDS = 300;

/**
 * Makes SVIDs of a trust domain without attestation: for development on one machine, never for anything
 * else. Its keys live in this process and end with it.
 */
export class DevelopmentAuthority {
  /** Its certificate in PEM: the trust bundle */
  public readonly bundle: string;
  private readonly authority = keyPair();
  private readonly jwtKey = keyPair();
  private readonly jwtKeyId: string;

  constructor(
    public readonly trustDomain: string,
    private readonly now: () => Date = () => new Date(),
  ) {
    const subject = this.subject;
    this.bundle = developmentCertificate({
      subject,
      publicKey: this.authority.publicKey,
      issuer: { subject, ...this.authority },
      ...this.life(DAY_MILLISECONDS),
      authority: true,
      uri: `spiffe://${trustDomain}`,
      ...NO_NAMES,
    });
    this.jwtKeyId = keyIdOf(this.jwtKey.publicKey);
  }

  /**
   * X.509-SVID with a new key
   *
   * @param lifeMilliseconds one hour by default, as SPIRE has it
   */
  public x509Svid(
    spiffeId: string,
    names: ServerNames = NO_NAMES,
    lifeMilliseconds = DAY_MILLISECONDS / 24,
  ): DevelopmentSvid {
    const { privateKey, publicKey } = keyPair();
    const certificate = developmentCertificate({
      subject: "development",
      publicKey,
      issuer: { subject: this.subject, ...this.authority },
      ...this.life(lifeMilliseconds),
      authority: false,
      uri: spiffeId,
      ...names,
    });
    return { certificate, key: pem(privateKey) };
  }

  /** JWT-SVID for one audience, of five minutes */
  public jwtSvid(spiffeId: string, audience: string): string {
    const now = Math.floor(this.now().getTime() / 1_000);
    const header = { alg: "ES256", kid: this.jwtKeyId, typ: "JWT" };
    const claims = { sub: spiffeId, aud: [audience], iat: now, exp: now + JWT_SVID_SECONDS };
    return signedJwt(header, claims, this.jwtKey.privateKey);
  }

  /** Keys of the JWT-SVIDs (RFC 7517) */
  public jwks(): { readonly keys: readonly object[] } {
    return { keys: [{ ...publicJwk(this.jwtKey.publicKey), kid: this.jwtKeyId, use: "jwt-svid" }] };
  }

  private get subject(): string {
    return `Ambit development authority of ${this.trustDomain}`;
  }

  private life(milliseconds: number): { readonly from: Date; readonly until: Date } {
    const now = this.now().getTime();
    return { from: new Date(now - EARLY_MILLISECONDS), until: new Date(now + milliseconds) };
  }
}

/** JWS in compact form, ES256 */
export function signedJwt(header: object, claims: object, key: KeyObject): string {
  const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  const signature = sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}

/** Read anew: Node 20 waits for ever where it writes a generated key as JWK and collects what generated that very key. */
export function keyPair(): KeyPair {
  const { privateKey: key } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  return { privateKey: createPrivateKey(key), publicKey: createPublicKey(key) };
}

export function publicJwk(key: KeyObject): object {
  return key.export({ format: "jwk" });
}

export function keyIdOf(key: KeyObject): string {
  return createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("base64url");
}

export function pem(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }) as string;
}
