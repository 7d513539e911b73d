import { bytesIn } from "./base64";
import { LogError } from "./log-error";
import { HASH_BYTES } from "./merkle-hash";
import type { NoteKey } from "./note-key";
import type { TreeHead } from "./proof";
import { checkSigned, noteIn, type SignedNote } from "./signed-note";

/** What a log says of itself (C2SP tlog-checkpoint) */
export interface Checkpoint extends TreeHead {
  /** Names the log */
  readonly origin: string;
}

const SIZE = /^(0|[1-9]\d*)$/;

/** The text that is signed. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${Buffer.from(root).toString("base64")}\n`;
}

/**
 * Read what the text of a note says. Lines behind the root are passed over.
 *
 * @throws LogError
 */
export function checkpointIn(text: string): Checkpoint {
  const lines = text.slice(0, -1).split("\n");
  const [origin = "", digits = "", base64 = ""] = lines;
  if (lines.length < 3 || lines.includes("") || !text.endsWith("\n"))
    throw new LogError(`a checkpoint must have three lines or more, none of them empty, got ${JSON.stringify(text)}`);
  const size = Number(digits);
  if (!SIZE.test(digits) || !Number.isSafeInteger(size))
    throw new LogError(`a checkpoint's size must be a whole number, got ${JSON.stringify(digits)}`);
  const root = bytesIn(base64, "a checkpoint's root");
  if (root.length !== HASH_BYTES)
    throw new LogError(`a checkpoint's root must have ${HASH_BYTES} bytes, got ${root.length}`);
  return { origin, size, root };
}

/**
 * The checkpoint of a log, signed by its key
 *
 * @param origin the log's name; the key's where left out
 * @throws LogError
 */
export function verifiedCheckpoint(
  bytes: Uint8Array,
  key: NoteKey,
  origin = key.name,
): { readonly checkpoint: Checkpoint; readonly note: SignedNote } {
  const note = noteIn(bytes);
  checkSigned(note, key);
  const checkpoint = checkpointIn(note.text);
  if (checkpoint.origin !== origin)
    throw new LogError(`the checkpoint must be of ${origin}, got ${JSON.stringify(checkpoint.origin)}`);
  return { checkpoint, note };
}
