import { verify } from "node:crypto";
import { LogError } from "./log-error";
import type { NoteKey } from "./note-key";
import { signaturesOf, type SignedNote } from "./signed-note";

const TIME_BYTES = 8;
const SIGNATURE_BYTES = 64;
const LATEST = 2n ** 63n - 1n;

/** What a witness signs of a checkpoint's text (C2SP tlog-cosignature, Ed25519). @param time whole seconds since the epoch */
export function cosignedText(text: string, time: number | bigint): string {
  return `cosignature/v1\ntime ${time}\n${text}`;
}

/** Bytes of a cosignature: its time, then the signature. @param time whole seconds since the epoch */
export function cosignature(time: number | bigint, signature: Uint8Array): Buffer {
  const timestamp = Buffer.alloc(TIME_BYTES);
  timestamp.writeBigUInt64BE(BigInt(time));
  return Buffer.concat([timestamp, signature]);
}

/**
 * When the witness said that it saw this checkpoint, in whole seconds since the epoch: the latest time where it did so
 * more than once
 *
 * @throws LogError if it did not, or where a signature in its name is false
 */
export function cosignedAt(note: SignedNote, witness: NoteKey): number {
  const signatures = signaturesOf(witness, note);
  if (signatures.length === 0)
    throw new LogError(`the checkpoint must be cosigned by ${witness.name} with key ${witness.id}`);
  return Math.max(...signatures.map((bytes) => timeOf(bytes, note.text, witness)));
}

function timeOf(bytes: Buffer, text: string, { name, id, kind, key }: NoteKey): number {
  const wrong = new LogError(`the cosignature of ${name} with key ${id} is not of this checkpoint`);
  if (kind !== "cosignature" || bytes.length !== TIME_BYTES + SIGNATURE_BYTES) throw wrong;
  const time = bytes.readBigUInt64BE();
  const signed = Buffer.from(cosignedText(text, time));
  if (time > LATEST || !verify(null, signed, key, bytes.subarray(TIME_BYTES))) throw wrong;
  return Number(time);
}
