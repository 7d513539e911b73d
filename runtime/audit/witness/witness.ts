import type { Value } from "../../json";
import type { Clock } from "../../clock";
import type { Log } from "../../log";
import { witnessKey } from "../../store/keys";
import { type Item, type StateStore, StoreConflict } from "../../store/store";
import { type Checkpoint, checkpointIn } from "../tlog/checkpoint";
import { cosignature, cosignedText } from "../tlog/cosignature";
import { LogError } from "../tlog/log-error";
import { EMPTY_ROOT } from "../tlog/merkle-hash";
import type { NoteKey } from "../tlog/note-key";
import type { NoteSigner } from "../tlog/note-signer";
import { checkConsistency, type TreeHead } from "../tlog/proof";
import { checkSigned, signatureLine, signaturesOf, type SignedNote } from "../tlog/signed-note";
import { type AddCheckpoint, addCheckpointIn, SIZE_TYPE, sizeText } from "./add-checkpoint";

export interface WitnessProps {
  /** Whose checkpoints are cosigned: the name of a key is the origin of its log, and a log may have several. */
  readonly logs: readonly NoteKey[];
  /** The last cosigned checkpoint of each log. A copy restored from a backup refuses to cosign. */
  readonly store: Pick<StateStore, "identity" | "read" | "write">;
  /** Its key is of the kind `cosignature`. */
  readonly signer: NoteSigner;
  readonly clock: Clock;
  readonly log: Log;
}

/** Status, type and body of an answer (C2SP tlog-witness) */
export interface WitnessAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** What was cosigned last, as it is kept */
interface Kept {
  readonly size: number;
  /** Of the tree, in base64 */
  readonly root: string;
  /** Physical store in which it was written */
  readonly store: string;
}

const TEXT = "text/plain; charset=utf-8";

/**
 * Cosigns checkpoints of logs, each only if it is consistent with the one cosigned last.
 *
 * INVARIANT: of two cosigned checkpoints of one origin, one tree is a prefix of the other. A checkpoint is stored
 * before it is signed, with a compare-and-swap on the one it was checked against.
 */
export class Witness {
  constructor(private readonly props: WitnessProps) {
    const { kind, name } = props.signer.key;
    if (kind !== "cosignature")
      throw new LogError(`the key of the witness ${name} must be of the kind cosignature, got ${kind}`);
  }

  /** @param body of a POST to `add-checkpoint`. Never rejects. */
  public async addCheckpoint(body: Uint8Array): Promise<WitnessAnswer> {
    try {
      return await this.answer(body);
    } catch (error) {
      const { name, message } = error as Error;
      this.props.log("witness.failed", { because: `${name}: ${message}` });
      return refused(503, "the witness cannot cosign now");
    }
  }

  private async answer(body: Uint8Array): Promise<WitnessAnswer> {
    let asked: AddCheckpoint;
    let checkpoint: Checkpoint;
    try {
      asked = addCheckpointIn(body);
      checkpoint = checkpointIn(asked.checkpoint.text);
    } catch (error) {
      return notSound(error, 400);
    }
    const keys = this.props.logs.filter(({ name }) => name === checkpoint.origin);
    if (keys.length === 0) return refused(404, "this witness knows no log of this origin");
    try {
      checkSignedByOne(asked.checkpoint, keys);
    } catch (error) {
      return notSound(error, 403);
    }
    if (asked.old > checkpoint.size)
      return refused(400, `the old size must be at most ${checkpoint.size}, got ${asked.old}`);
    return this.compared(asked, checkpoint);
  }

  private async compared({ old, proof, checkpoint: note }: AddCheckpoint, now: Checkpoint): Promise<WitnessAnswer> {
    const { store, log } = this.props;
    const [key, identity] = [witnessKey(now.origin), await store.identity()];
    const [item] = await store.read([key]);
    const kept = headIn(item, identity);
    if (old !== kept.size) return conflict(kept.size);
    if (now.size === kept.size && !Buffer.from(now.root).equals(kept.root)) {
      log("witness.split-view", { origin: now.origin, size: now.size, checkpoint: note.text });
      return conflict(kept.size);
    }
    try {
      checkConsistency(kept, now, proof);
    } catch (error) {
      if (error instanceof LogError)
        log("witness.inconsistent", { origin: now.origin, old, size: now.size, checkpoint: note.text });
      return notSound(error, 422);
    }
    const value: Kept = { size: now.size, root: Buffer.from(now.root).toString("base64"), store: identity };
    try {
      const when = item === undefined ? "absent" : { version: item.version };
      await store.write([{ kind: "put", key, value: value as unknown as Value, when }]);
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
      const [other] = await store.read([key]);
      return conflict(headIn(other, identity).size);
    }
    return { status: 200, type: TEXT, body: await this.cosigned(note.text) };
  }

  private async cosigned(text: string): Promise<string> {
    const { signer, clock } = this.props;
    const time = clock();
    const signature = await signer.sign(Buffer.from(cosignedText(text, time)));
    return signatureLine({ ...signer.key, signature: cosignature(time, signature) });
  }
}

/** @throws LogError if no key has signed, or a signature in the name of one is invalid */
function checkSignedByOne(note: SignedNote, keys: readonly NoteKey[]): void {
  const signed = keys.filter((key) => signaturesOf(key, note).length > 0);
  if (signed.length === 0) throw new LogError("the checkpoint must be signed by a key of its log");
  for (const key of signed) checkSigned(note, key);
}

/** @throws Error if it was written in another store: what was cosigned since that copy was made is not known */
function headIn(item: Item | undefined, identity: string): TreeHead {
  if (item === undefined) return { size: 0, root: EMPTY_ROOT };
  const { size, root, store } = item.value as unknown as Kept;
  if (store !== identity)
    throw new Error(`what was cosigned is kept in a copy of the store ${store}: begin with another key`);
  return { size, root: Buffer.from(root, "base64") };
}

function conflict(size: number): WitnessAnswer {
  return { status: 409, type: SIZE_TYPE, body: sizeText(size) };
}

function notSound(error: unknown, status: number): WitnessAnswer {
  if (!(error instanceof LogError)) throw error;
  return refused(status, error.message);
}

function refused(status: number, why: string): WitnessAnswer {
  return { status, type: TEXT, body: `${why}\n` };
}
