import { sign } from "node:crypto";
import { checkpointText } from "../../../runtime/audit/tlog/checkpoint";
import type { NoteSignature, SignedNote } from "../../../runtime/audit/tlog/signed-note";
import { addCheckpointText } from "../../../runtime/audit/witness/add-checkpoint";
import { plainConsistency, plainRoot } from "../plain-merkle-tree";
import { type Keys, keysOf } from "./log-of-records";

export type Entries = readonly Uint8Array[];

/** Entries of a history; those of another one differ from `from` on */
export function history(length: number, name = "main", from = 0): Entries {
  return Array.from({ length }, (_, at) => Buffer.from(`${at < from ? "main" : name} ${at}`));
}

/** A log that a witness is asked about, made by the plain oracle alone */
export class WitnessedLog {
  constructor(
    public readonly keys: Keys,
    public readonly origin = keys.key.name,
  ) {}

  public static named(origin: string): WitnessedLog {
    return new WitnessedLog(keysOf(origin));
  }

  /** @param of all entries of the history */
  public checkpoint(of: Entries, size: number, by: readonly Keys[] = [this.keys]): SignedNote {
    const text = checkpointText({ origin: this.origin, size, root: plainRoot(of.slice(0, size)) });
    return { text, signatures: by.map((keys) => signatureOf(keys, text)) };
  }

  public request(old: number, of: Entries, size: number, by?: readonly Keys[]): string {
    const proof = old > size ? [] : plainConsistency(old, of.slice(0, size));
    return addCheckpointText({ old, proof, checkpoint: this.checkpoint(of, size, by) });
  }
}

export function signatureOf({ key: { name, id }, privateKey }: Keys, text: string): NoteSignature {
  return { name, id, signature: sign(null, Buffer.from(text), privateKey) };
}
