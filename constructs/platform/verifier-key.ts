import { createHash } from "node:crypto";

/** A verifier's key as text (C2SP signed-note), of Ed25519 */
export interface VerifierKey {
  readonly name: string;
  /** Signature type: 1 for checkpoints of a log, 4 for cosignatures of a witness */
  readonly type: number;
}

/** 33 bytes in base64: the type, and a public key of Ed25519 */
const VKEY = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/;

/** Undefined if the text is no key, or its id is not made of its name, type and key */
export function verifierKeyIn(vkey: string): VerifierKey | undefined {
  const [, name, id, key] = VKEY.exec(vkey) ?? [];
  if (name === undefined || id === undefined || key === undefined) return undefined;
  const bytes = Buffer.from(key, "base64");
  const digest = createHash("sha256").update(`${name}\n`).update(bytes).digest("hex");
  return digest.startsWith(id) ? { name, type: bytes.readUInt8(0) } : undefined;
}
