import type { NoteKey } from "./note-key";

/** Signs notes by Ed25519. The same bytes have the same signature (RFC 8032). */
export interface NoteSigner {
  readonly key: NoteKey;

  /**
   * 64 bytes
   *
   * @throws SignerError
   */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}
