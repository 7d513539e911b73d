import { LogForked } from "../storage/log-storage";
import type { TreeHead } from "../tlog/proof";
import type { NoteSignature, SignedNote } from "../tlog/signed-note";
import type { ReadTile } from "../tlog/tree-edge";
import { TreeHashes } from "../tlog/tree-hashes";
import { type WitnessClient, WitnessUnavailable } from "./witness-client";

/** Its own size, then the one that it names, and once more where it has cosigned something meanwhile */
const MOST_ASKED = 3;

/** A witness says that it has cosigned what this log does not have. That is its word, without a proof. One sentence. */
export class WitnessConflict extends LogForked {}

/** Conversation with one witness, and the size that it cosigned last, if known */
export class WitnessTalk {
  private known: number | undefined;

  /** @param readTile reads a tile of the log, which must have all up to the checkpoint that is to be cosigned */
  constructor(
    private readonly client: Pick<WitnessClient, "add" | "name">,
    private readonly readTile: ReadTile,
  ) {}

  /**
   * Have a checkpoint cosigned that is, or will be, published.
   *
   * @throws WitnessConflict if the witness says that it has cosigned what this log does not have
   * @throws LogError if the log's own files are not what was written
   * @throws WitnessUnavailable, LogUnavailable
   */
  public async cosign(checkpoint: SignedNote, { size }: TreeHead): Promise<NoteSignature> {
    const { name } = this.client;
    const hashes = new TreeHashes(size, this.readTile);
    // It names its size to who asks with another one.
    let old = Math.min(this.known ?? 0, size);
    for (let asked = 0; asked < MOST_ASKED; asked++) {
      const says = await this.client.add({ old, proof: await hashes.consistencyProof(old), checkpoint });
      if (says.kind === "cosigned") {
        this.known = size;
        return says.signature;
      }
      if (says.kind === "inconsistent")
        throw new WitnessConflict(
          `the log of ${size} entries does not begin with the ${old} that the witness ${name} has cosigned`,
        );
      if (says.size > size)
        throw new WitnessConflict(
          `the witness ${name} has cosigned ${says.size} entries, the log has ${size}: it was set back`,
        );
      if (says.size === size && old === size)
        throw new WitnessConflict(`the witness ${name} has cosigned another root of ${size} entries`);
      old = says.size;
    }
    throw new WitnessUnavailable(`the witness ${name} refuses each size that it names, last ${old}`);
  }
}
