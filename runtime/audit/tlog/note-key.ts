import { createPublicKey, hash, type KeyObject } from "node:crypto";
import { bytesIn } from "./base64";
import { LogError } from "./log-error";

/** Signature types of C2SP signed-note that are read here */
export const NOTE_KINDS = { ed25519: 0x01, cosignature: 0x04 } as const;
export type NoteKind = keyof typeof NOTE_KINDS;

export const KEY_ID_BYTES = 4;
const KEY_BYTES = 32;
/** What stands before the 32 bytes in the DER of an Ed25519 public key (RFC 8410) */
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
const NAME = /^[^\p{White_Space}\p{Cc}+]+$/u;

/** A public key that verifies notes (C2SP signed-note) */
export interface NoteKey {
  readonly name: string;
  readonly kind: NoteKind;
  /** Four bytes in hex */
  readonly id: string;
  readonly key: KeyObject;
}

/** @throws LogError if the name cannot stand in a note, or the key is not Ed25519 */
export function noteKey(name: string, key: KeyObject, kind: NoteKind = "ed25519"): NoteKey {
  checkName(name);
  return { name, kind, id: keyId(name, kind, rawKey(key)), key };
}

/** The key as text, `name+id+key`: what a verifier is given */
export function vkeyOf({ name, kind, id, key }: NoteKey): string {
  const bytes = Buffer.concat([Buffer.of(NOTE_KINDS[kind]), rawKey(key)]);
  return `${name}+${id}+${bytes.toString("base64")}`;
}

/** @throws LogError */
export function noteKeyIn(vkey: string): NoteKey {
  const [name = "", id = "", ...rest] = vkey.split("+");
  // Base64 may have a plus too.
  if (rest.length === 0) throw new LogError(`a verifier key must be name+id+key, got ${JSON.stringify(vkey)}`);
  checkName(name);
  const bytes = bytesIn(rest.join("+"), "the verifier key");
  const [kind] = (Object.keys(NOTE_KINDS) as NoteKind[]).filter((each) => NOTE_KINDS[each] === bytes[0]);
  if (kind === undefined || bytes.length !== 1 + KEY_BYTES)
    throw new LogError(`the verifier key must be Ed25519 of 33 bytes with type 1 or 4, got ${bytes.length} bytes`);
  const raw = bytes.subarray(1);
  const expected = keyId(name, kind, raw);
  if (id !== expected) throw new LogError(`the verifier key's id must be ${expected}, got ${JSON.stringify(id)}`);
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: "der", type: "spki" });
  return { name, kind, id, key };
}

export function checkName(name: string): void {
  if (NAME.test(name)) return;
  throw new LogError(`a key's name must have no space, control character or plus, got ${JSON.stringify(name)}`);
}

function keyId(name: string, kind: NoteKind, raw: Uint8Array): string {
  const bytes = Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(NOTE_KINDS[kind]), raw]);
  return hash("sha256", bytes, "buffer").subarray(0, KEY_ID_BYTES).toString("hex");
}

function rawKey(key: KeyObject): Buffer {
  if (key.asymmetricKeyType !== "ed25519")
    throw new LogError(`a note's key must be Ed25519, got ${key.asymmetricKeyType}`);
  return key.export({ format: "der", type: "spki" }).subarray(SPKI_PREFIX.length);
}
