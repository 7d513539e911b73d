import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Signer, SignerError } from "./signer";

/** Signs with a private key in a file, PEM and unencrypted. For tests and air-gapped places: a deploy uses KMS. */
export class KeyFileSigner implements Signer {
  public readonly keyId: string;
  private readonly key: KeyObject;

  /** @param keyId names the key; by default `sha256:` and the digest of the public key */
  constructor(path: string, keyId?: string) {
    this.key = privateKey(path);
    const spki = createPublicKey(this.key).export({ type: "spki", format: "der" });
    this.keyId = keyId ?? `sha256:${createHash("sha256").update(spki).digest("hex")}`;
  }

  public async sign(bytes: Uint8Array): Promise<Uint8Array> {
    return sign("sha256", bytes, { key: this.key, dsaEncoding: "ieee-p1363" });
  }

  public async publicKeyPem(): Promise<string> {
    return createPublicKey(this.key).export({ type: "spki", format: "pem" }) as string;
  }
}

function privateKey(path: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(readFileSync(path));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "there is no such file" : message;
    throw new SignerError(`the key file must be an unencrypted private key in PEM, got ${path}: ${why}`);
  }
  if (key.asymmetricKeyDetails?.namedCurve !== "prime256v1") {
    throw new SignerError(`the key file must hold an EC key on the curve P-256, got ${path}`);
  }
  return key;
}
