import { createHash, randomUUID } from "node:crypto";
import { keyPair, signedJwt } from "../../../cli/dev/development-authority";

/** Makes DPoP proofs (RFC 9449 section 4.2) by hand, so that each part of them can be wrong */
export class DpopKey {
  private readonly pair = keyPair();

  public proof(htm: string, htu: string, change: Readonly<Record<string, unknown>> = {}): string {
    const jwk = this.pair.publicKey.export({ format: "jwk" });
    const iat = Math.floor(Date.now() / 1_000);
    const claims = { htm, htu, iat, jti: randomUUID(), ...change };
    return signedJwt({ alg: "ES256", typ: "dpop+jwt", jwk }, claims, this.pair.privateKey);
  }

  public withToken(htm: string, htu: string, token: string, change: Readonly<Record<string, unknown>> = {}): string {
    return this.proof(htm, htu, { ath: createHash("sha256").update(token).digest("base64url"), ...change });
  }
}
