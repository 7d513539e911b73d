import type { KeySet } from "../signer/key-set";
import { SIGNATURE_BYTES, SignerError } from "../signer/signer";
import { ACCESS_TOKEN_TYPE, type AccessTokenClaims } from "./access-token";
import { Refusal } from "./refusal";

/** Signs access tokens of the exchange with the first of its keys. */
export class TokenWriter {
  constructor(private readonly keys: KeySet) {}

  /** @throws Refusal `signer.unavailable` */
  public async write(claims: AccessTokenClaims): Promise<string> {
    try {
      const { signer } = this.keys;
      const signed = `${encoded({ alg: "ES256", kid: signer.keyId, typ: ACCESS_TOKEN_TYPE })}.${encoded(claims)}`;
      const signature = await signer.sign(Buffer.from(signed));
      if (signature.length !== SIGNATURE_BYTES) {
        throw new SignerError(`a signature must have ${SIGNATURE_BYTES} bytes, got ${signature.length}`);
      }
      return `${signed}.${Buffer.from(signature).toString("base64url")}`;
    } catch (error) {
      throw Refusal.of("signer.unavailable", undefined, { cause: error });
    }
  }
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
