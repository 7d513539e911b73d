import type { LogStorage } from "../storage/log-storage";
import { noteIn, type NoteSignature, noteText } from "../tlog/signed-note";

/** Who adds a cosignature may meet another who does */
const MOST_WRITES = 3;

/**
 * Add a cosignature to the published checkpoint of this text, in the place of the one before of the same key.
 *
 * @returns false if another checkpoint has taken its place
 * @throws LogForked, LogUnavailable
 */
export async function addCosignature(storage: LogStorage, text: string, signature: NoteSignature): Promise<boolean> {
  for (let tried = 0; tried < MOST_WRITES; tried++) {
    const stored = await storage.checkpoint();
    const note = noteIn(stored.bytes);
    if (note.text !== text) return false;
    const others = note.signatures.filter(({ name, id }) => name !== signature.name || id !== signature.id);
    const bytes = Buffer.from(noteText({ text, signatures: [...others, signature] }));
    if (await storage.replaceCheckpoint(stored, bytes)) return true;
  }
  return false;
}
