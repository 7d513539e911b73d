import { type Checkpoint, checkpointIn } from "../../runtime/audit/tlog/checkpoint";
import { cosignedAt } from "../../runtime/audit/tlog/cosignature";
import { LogError } from "../../runtime/audit/tlog/log-error";
import { checkSigned, noteIn, type SignedNote } from "../../runtime/audit/tlog/signed-note";
import type { LogPolicy } from "../../runtime/audit/tlog/tlog-proof";
import { CHECKPOINT_PATH } from "../../runtime/audit/tlog/tile-path";
import type { Finding, FindingCode } from "./finding";

/** A checkpoint that the log's key has signed */
export interface TrustedCheckpoint {
  readonly checkpoint: Checkpoint;
  /** When each witness cosigned it, in whole seconds since the epoch */
  readonly witnesses: readonly { readonly name: string; readonly at: number }[];
}

/**
 * Verify a checkpoint's signatures.
 *
 * @param file its path, for findings
 * @returns undefined if the key did not sign it
 */
export function trustedCheckpoint(
  bytes: Uint8Array | undefined,
  { key, origin = key.name, witnesses = [] }: LogPolicy,
  report: (finding: Finding) => void,
  file = CHECKPOINT_PATH,
): TrustedCheckpoint | undefined {
  const tell = (code: FindingCode, what: string): undefined => void report({ code, file, what });
  if (bytes === undefined) return tell("checkpoint.missing", `${file} is missing`);
  let note: SignedNote;
  let checkpoint: Checkpoint;
  try {
    note = noteIn(bytes);
    checkpoint = checkpointIn(note.text);
  } catch (error) {
    return tell("checkpoint.malformed", messageOf(error));
  }
  try {
    checkSigned(note, key);
  } catch (error) {
    return tell("checkpoint.signature", messageOf(error));
  }
  if (checkpoint.origin !== origin)
    return tell("checkpoint.origin", `the checkpoint must be of ${origin}, got ${checkpoint.origin}`);
  const cosigned = witnesses.flatMap((witness) => {
    try {
      return [{ name: witness.name, at: cosignedAt(note, witness) }];
    } catch (error) {
      return tell("checkpoint.witness", messageOf(error)) ?? [];
    }
  });
  return { checkpoint, witnesses: cosigned };
}

function messageOf(error: unknown): string {
  if (!(error instanceof LogError)) throw error;
  return error.message;
}
