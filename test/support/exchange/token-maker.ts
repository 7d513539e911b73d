import { type KeyObject, sign } from "node:crypto";
import { keyPair } from "../../../cli/dev/development-authority";
import { SIGNATURE_BYTES, type Signer } from "../../../runtime/signer/signer";

/** A real key on P-256 that signs tokens of any shape */
export class TokenMaker implements Signer {
  private readonly pair = keyPair();

  constructor(public readonly keyId: string) {}

  public get privateKey(): KeyObject {
    return this.pair.privateKey;
  }

  public get jwks(): { readonly keys: readonly object[] } {
    return { keys: [{ ...this.pair.publicKey.export({ format: "jwk" }), kid: this.keyId }] };
  }

  public async sign(bytes: Uint8Array): Promise<Uint8Array> {
    return sign("sha256", bytes, { key: this.pair.privateKey, dsaEncoding: "ieee-p1363" });
  }

  public async publicKeyPem(): Promise<string> {
    return this.pair.publicKey.export({ type: "spki", format: "pem" }) as string;
  }

  /** A JWS in compact form */
  public async token(header: object, claims: object): Promise<string> {
    const signed = `${encoded({ alg: "ES256", kid: this.keyId, ...header })}.${encoded(claims)}`;
    const signature = await this.sign(Buffer.from(signed));
    if (signature.length !== SIGNATURE_BYTES) throw new Error(`not of ES256: ${signature.length} bytes`);
    return `${signed}.${Buffer.from(signature).toString("base64url")}`;
  }
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
