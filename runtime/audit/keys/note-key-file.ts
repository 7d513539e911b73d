import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { type NoteKey, noteKey, type NoteKind } from "../tlog/note-key";
import type { NoteSigner } from "../tlog/note-signer";
import { SignerError } from "../../signer/signer";

/** Signs notes with an Ed25519 key in a file, PEM and unencrypted. For development and air-gapped places: a deploy uses KMS. */
export class NoteKeyFile implements NoteSigner {
  public readonly key: NoteKey;
  private readonly secret: KeyObject;

  /**
   * @param name of the key: the log's origin, or the witness's name
   * @param kind what it signs: checkpoints as a log, or cosignatures as a witness
   * @throws SignerError
   */
  constructor(path: string, name: string, kind: NoteKind = "ed25519") {
    try {
      this.secret = createPrivateKey(readFileSync(path));
      this.key = noteKey(name, createPublicKey(this.secret), kind);
    } catch (error) {
      const what = `the log's key must be an unencrypted Ed25519 private key in PEM, got ${path}`;
      throw new SignerError(`${what}: ${(error as Error).message}`, { cause: error });
    }
  }

  public async sign(bytes: Uint8Array): Promise<Uint8Array> {
    return sign(null, bytes, this.secret);
  }
}
