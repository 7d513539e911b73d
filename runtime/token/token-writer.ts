import type { KeySet } from "../signer/key-set";
import { ACCESS_TOKEN_TYPE, type AccessTokenClaims } from "./access-token";
import { signOwn } from "./own-jwt";

/** Signs access tokens of the exchange with the first of its keys. */
export class TokenWriter {
  constructor(private readonly keys: KeySet) {}

  /** @throws Refusal `signer.unavailable` */
  public async write(claims: AccessTokenClaims): Promise<string> {
    return signOwn(this.keys, ACCESS_TOKEN_TYPE, claims);
  }
}
