import { createHash, createPublicKey } from "node:crypto";
import { GetPublicKeyCommand, type KMSClient, type KMSClientConfig, SignCommand } from "@aws-sdk/client-kms";
import { rawSignature } from "./der";
import { type Signer, SignerError } from "./signer";

const ALGORITHM = "ECDSA_SHA_256";
/** The name of P-256 in OpenSSL */
const CURVE = "prime256v1";

/** Bounds for the client: five attempts of ten seconds at most */
export const KMS_BOUNDS = {
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
} as const satisfies KMSClientConfig;

export interface KmsSignerProps {
  /** Make it with {@link KMS_BOUNDS}. */
  readonly client: Pick<KMSClient, "send">;
  /** Id, ARN or alias of a key of spec ECC_NIST_P256 for SIGN_VERIFY */
  readonly key: string;
  /**
   * Names the key in what it signs.
   *
   * @default the key's ARN
   */
  readonly keyId?: string;
}

/** Signs with a key that never leaves KMS. */
export class KmsSigner implements Signer {
  private constructor(
    public readonly keyId: string,
    private readonly client: KmsSignerProps["client"],
    private readonly arn: string,
    private readonly pem: string,
  ) {}

  /**
   * Ask KMS for the key. An alias is followed once, so that what signs is the key whose public half is known.
   *
   * @throws SignerError
   */
  public static async of({ client, key, keyId }: KmsSignerProps): Promise<KmsSigner> {
    const found = await asked(key, () => client.send(new GetPublicKeyCommand({ KeyId: key })));
    const { KeyId: arn, KeyUsage: usage, PublicKey: spki } = found;
    if (arn === undefined || spki === undefined) throw new SignerError(`KMS names no public key of ${key}`);
    const publicKey = createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
    const curve = publicKey.asymmetricKeyDetails?.namedCurve;
    if (curve !== CURVE || usage !== "SIGN_VERIFY") {
      const got = `${curve ?? publicKey.asymmetricKeyType} for ${usage}`;
      throw new SignerError(`the KMS key must be ECC_NIST_P256 for SIGN_VERIFY, got ${got} (${key})`);
    }
    return new KmsSigner(keyId ?? arn, client, arn, publicKey.export({ type: "spki", format: "pem" }) as string);
  }

  public async sign(bytes: Uint8Array): Promise<Uint8Array> {
    return kmsSignature(this.client, this.arn, bytes);
  }

  public async publicKeyPem(): Promise<string> {
    return this.pem;
  }
}

/**
 * A signature (ES256) by a key whose public half is not needed here
 *
 * @param key id, ARN or alias
 * @throws SignerError
 */
export async function kmsSignature(
  client: KmsSignerProps["client"],
  key: string,
  bytes: Uint8Array,
): Promise<Uint8Array> {
  const digest = createHash("sha256").update(bytes).digest();
  const command = { KeyId: key, Message: digest, MessageType: "DIGEST", SigningAlgorithm: ALGORITHM } as const;
  const { Signature: der } = await asked(key, () => client.send(new SignCommand(command)));
  if (der === undefined) throw new SignerError(`KMS gave no signature of ${key}`);
  return rawSignature(der);
}

/** @throws SignerError */
export async function asked<T>(key: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const { name, message } = error as Error;
    throw new SignerError(`KMS refused to use ${key}: ${name}: ${message}`, { cause: error });
  }
}
