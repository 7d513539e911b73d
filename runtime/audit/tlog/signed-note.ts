import { verify } from "node:crypto";
import { bytesIn } from "./base64";
import { LogError } from "./log-error";
import { checkName, KEY_ID_BYTES, type NoteKey } from "./note-key";

/** One line below a note */
export interface NoteSignature {
  readonly name: string;
  /** Of the key: four bytes in hex */
  readonly id: string;
  readonly signature: Buffer;
}

export interface SignedNote {
  /** Ends with a newline */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

const DASH = "\u2014 ";
/** Any verifier accepts 16 (C2SP signed-note). */
const MOST_SIGNATURES = 16;
/** 16 signatures of the longest kind that is assigned */
const MOST_BYTES = 128 * 1_024;
const CONTROL = /[^\P{Cc}\n\u007f-\u009f]/u;
const LINE = /^\u2014 ([^ ]+) ([^ ]+)$/u;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Take a note apart (C2SP signed-note), without a look at its signatures.
 *
 * @throws LogError
 */
export function noteIn(bytes: Uint8Array): SignedNote {
  if (bytes.length > MOST_BYTES)
    throw new LogError(`a note must have at most ${MOST_BYTES} bytes, got ${bytes.length}`);
  const note = textOf(bytes);
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || !note.endsWith("\n")) throw new LogError("a note must be text, an empty line and signature lines");
  const lines = note.slice(end + 2, -1).split("\n");
  if (lines.length > MOST_SIGNATURES)
    throw new LogError(`a note must have at most ${MOST_SIGNATURES} signatures, got ${lines.length}`);
  return { text: note.slice(0, end + 1), signatures: lines.map(signatureIn) };
}

/** The note as it is published. */
export function noteText({ text, signatures }: SignedNote): string {
  return `${text}\n${signatures.map(signatureLine).join("")}`;
}

/** The line of one signature, with its newline: what a witness answers with. */
export function signatureLine({ name, id, signature }: NoteSignature): string {
  const bytes = Buffer.concat([Buffer.from(id, "hex"), signature]);
  return `${DASH}${name} ${bytes.toString("base64")}\n`;
}

/** Signatures of the note that claim to be by this key: mostly one or none */
export function signaturesOf({ name, id }: NoteKey, note: SignedNote): readonly Buffer[] {
  return note.signatures.filter((each) => each.name === name && each.id === id).map(({ signature }) => signature);
}

/**
 * Check that the key signed the note.
 *
 * @throws LogError if it did not, or where another signature in its name is false
 */
export function checkSigned(note: SignedNote, key: NoteKey): void {
  const signatures = signaturesOf(key, note);
  if (signatures.length === 0) throw new LogError(`the note must be signed by ${key.name} with key ${key.id}`);
  const text = Buffer.from(note.text);
  if (key.kind !== "ed25519" || !signatures.every((signature) => verify(null, text, key.key, signature)))
    throw new LogError(`the signature of ${key.name} with key ${key.id} is not of this note`);
}

function signatureIn(line: string): NoteSignature {
  const [, name = "", base64 = ""] = LINE.exec(line) ?? [];
  if (name === "")
    throw new LogError(`a signature line must be a dash, a name and base64, got ${JSON.stringify(line)}`);
  checkName(name);
  const bytes = bytesIn(base64, "a signature");
  if (bytes.length <= KEY_ID_BYTES) throw new LogError(`a signature must have more than 4 bytes, got ${bytes.length}`);
  return { name, id: bytes.subarray(0, KEY_ID_BYTES).toString("hex"), signature: bytes.subarray(KEY_ID_BYTES) };
}

function textOf(bytes: Uint8Array): string {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new LogError("a note must be UTF-8");
  }
  if (CONTROL.test(text)) throw new LogError("a note must have no control character but newlines");
  return text;
}
