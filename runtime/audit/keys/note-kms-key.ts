import { createPublicKey } from "node:crypto";
import { GetPublicKeyCommand, SignCommand } from "@aws-sdk/client-kms";
import { type NoteKey, noteKey, type NoteKind } from "../tlog/note-key";
import type { NoteSigner } from "../tlog/note-signer";
import { asked, type KmsSignerProps } from "../../signer/kms-signer";
import { SIGNATURE_BYTES, SignerError } from "../../signer/signer";

/** Ed25519 over the message itself; KMS takes at most 4,096 bytes of one. */
const ALGORITHM = "ED25519_SHA_512";

export interface NoteKmsKeyProps {
  /** Make it with `KMS_BOUNDS`. */
  readonly client: KmsSignerProps["client"];
  /** Id, ARN or alias of a key of spec ECC_NIST_EDWARDS25519 for SIGN_VERIFY */
  readonly key: string;
  /** Of the key in notes: the log's origin, or the witness's name */
  readonly name: string;
  /**
   * What it signs: checkpoints as a log, or cosignatures as a witness
   *
   * @default "ed25519"
   */
  readonly kind?: NoteKind;
}

/** Signs notes with an Ed25519 key that never leaves KMS. */
export class NoteKmsKey implements NoteSigner {
  private constructor(
    public readonly key: NoteKey,
    private readonly client: KmsSignerProps["client"],
    private readonly arn: string,
  ) {}

  /**
   * Ask KMS for the key. An alias is followed once, so that what signs is the key whose public half is known.
   *
   * @throws SignerError
   */
  public static async of({ client, key, name, kind = "ed25519" }: NoteKmsKeyProps): Promise<NoteKmsKey> {
    const found = await asked(key, () => client.send(new GetPublicKeyCommand({ KeyId: key })));
    const { KeyId: arn, KeySpec: spec, KeyUsage: usage, PublicKey: spki } = found;
    if (arn === undefined || spki === undefined) throw new SignerError(`KMS names no public key of ${key}`);
    const publicKey = createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
    if (publicKey.asymmetricKeyType !== "ed25519" || usage !== "SIGN_VERIFY")
      throw new SignerError(
        `the log's KMS key must be ECC_NIST_EDWARDS25519 for SIGN_VERIFY, got ${spec} for ${usage} (${key})`,
      );
    return new NoteKmsKey(noteKey(name, publicKey, kind), client, arn);
  }

  public async sign(bytes: Uint8Array): Promise<Uint8Array> {
    const { arn } = this;
    const command = { KeyId: arn, Message: bytes, MessageType: "RAW", SigningAlgorithm: ALGORITHM } as const;
    const { Signature: signature } = await asked(arn, () => this.client.send(new SignCommand(command)));
    if (signature?.length !== SIGNATURE_BYTES)
      throw new SignerError(`KMS must give a signature of ${SIGNATURE_BYTES} bytes, got ${signature?.length} (${arn})`);
    return signature;
  }
}
