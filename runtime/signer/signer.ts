/** A private key on P-256 that signs, and never leaves where it is. */
export interface Signer {
  /** Names the key in what it signs */
  readonly keyId: string;

  /**
   * ECDSA over SHA-256 of the bytes, as JWS has it (ES256): r and s, 32 bytes each.
   *
   * @throws SignerError
   */
  sign(bytes: Uint8Array): Promise<Uint8Array>;

  /**
   * PEM of the public key
   *
   * @throws SignerError
   */
  publicKeyPem(): Promise<string>;
}

/** Signing failed. One sentence with the fix. */
export class SignerError extends Error {
  public override readonly name = "SignerError";
}

/** Bytes of a signature of ES256 */
export const SIGNATURE_BYTES = 64;
