import { verify } from "node:crypto";
import { checkpointText, verifiedCheckpoint } from "../tlog/checkpoint";
import { bundleOf, entriesIn } from "../tlog/entry-bundle";
import { leafHash } from "../tlog/merkle-hash";
import type { TreeHead } from "../tlog/proof";
import type { NoteSigner } from "../tlog/note-signer";
import { noteText, type SignedNote } from "../tlog/signed-note";
import { TILE_WIDTH, tileIn, tilePath, type TileName } from "../tlog/tile-path";
import { TreeEdge } from "../tlog/tree-edge";
import { LogForked, type LogStorage, LogUnavailable, type StoredCheckpoint } from "../storage/log-storage";
import type { Cosigning } from "./cosigning";

/** What a log has at its right edge */
interface Edge {
  readonly tree: TreeEdge;
  /** The entries of the last bundle, where it is not full */
  readonly entries: readonly Uint8Array[];
}

export interface LogFilesProps {
  readonly storage: LogStorage;
  /** Its key's name is the log's origin. */
  readonly signer: NoteSigner;
  /**
   * Asks witnesses about what is to be published
   *
   * @default - none is asked
   */
  readonly cosigning?: Pick<Cosigning, "inTime">;
}

/** A cosignature may be added to the checkpoint while the next one is written. */
const MOST_WRITES = 5;

/** The files of a log, of which only the right edge is in memory */
export class LogFiles {
  private edge: Edge = { tree: TreeEdge.EMPTY, entries: [] };

  constructor(private readonly props: LogFilesProps) {}

  /**
   * Begin where the log has this size and root.
   *
   * @throws LogForked if its files have another root
   * @throws LogUnavailable
   */
  public async open(head: TreeHead): Promise<void> {
    this.edge = await this.edgeOf(head.size);
    if (!this.edge.tree.root.equals(head.root))
      throw new LogForked(`${this.props.storage.name} has another root than the store says at ${head.size} entries`);
  }

  public get head(): TreeHead {
    const { size, root } = this.edge.tree;
    return { size, root };
  }

  /** Entries from `from` on up to `to`, not included, as the log's bundles have them. @throws LogForked, LogUnavailable */
  public async entries(from: number, to: number): Promise<readonly Uint8Array[]> {
    const found: Uint8Array[] = [];
    for (let index = Math.floor(from / TILE_WIDTH); index * TILE_WIDTH < to; index++) {
      const name = { ...(tileIn(to, 0, index) as TileName), level: "entries" } as const;
      const entries = entriesIn(await this.props.storage.read(tilePath(name)), name.width);
      found.push(...entries.slice(Math.max(0, from - index * TILE_WIDTH)));
    }
    return found;
  }

  /**
   * Write the entries behind those that are there, bundles and tiles; the checkpoint does not say so yet.
   *
   * @returns what is to be taken on by {@link publish}
   * @throws LogForked if other entries were written there
   */
  public async write(entries: readonly Uint8Array[]): Promise<Edge> {
    const { storage } = this.props;
    const { edge: tree, tiles } = this.edge.tree.append(entries.map(leafHash));
    const all = [...this.edge.entries, ...entries];
    const first = (this.edge.tree.size - this.edge.entries.length) / TILE_WIDTH;
    const writes = tiles.map((tile) => storage.add(tilePath(tile), tile.bytes));
    for (let at = 0; at < all.length; at += TILE_WIDTH) {
      const some = all.slice(at, at + TILE_WIDTH);
      const name = { level: "entries", index: first + at / TILE_WIDTH, width: some.length } as const;
      writes.push(storage.add(tilePath(name), bundleOf(some)));
    }
    await Promise.all(writes);
    return { tree, entries: all.slice(all.length - (all.length % TILE_WIDTH)) };
  }

  /**
   * Say by the checkpoint that the log has what was written.
   *
   * @throws LogForked if the checkpoint is neither the one before nor this one, or a witness has seen another history
   */
  public async publish(edge: Edge): Promise<void> {
    const { storage, cosigning } = this.props;
    const head = { size: edge.tree.size, root: edge.tree.root };
    let before = this.head.size === 0 ? undefined : await storage.checkpoint();
    let bytes: Buffer | undefined;
    for (let tried = 0; ; tried++) {
      const said = before && this.headIn(before);
      if (said !== undefined && isSame(said, head)) break;
      if (said !== undefined && !isSame(said, this.head)) throw this.forked();
      if (tried === MOST_WRITES) throw new LogUnavailable(`the checkpoint of ${storage.name} changes all the time`);
      if (bytes === undefined) {
        const signed = await this.signed(head);
        bytes = Buffer.from(noteText((await cosigning?.inTime(signed, head)) ?? signed));
      }
      if (await storage.replaceCheckpoint(before, bytes)) break;
      before = await storage.checkpoint();
    }
    this.edge = edge;
  }

  /** The size that the checkpoint says; 0 if there is none. @throws LogError, LogUnavailable */
  public async publishedSize(): Promise<number> {
    let bytes: Uint8Array;
    try {
      ({ bytes } = await this.props.storage.checkpoint());
    } catch (error) {
      if (error instanceof LogForked && this.head.size === 0) return 0;
      throw error;
    }
    return verifiedCheckpoint(bytes, this.props.signer.key).checkpoint.size;
  }

  private async edgeOf(size: number): Promise<Edge> {
    const tree = await TreeEdge.read(size, (name) => this.props.storage.read(tilePath(name)));
    return { tree, entries: await this.entries(size - (size % TILE_WIDTH), size) };
  }

  private async signed({ size, root }: TreeHead): Promise<SignedNote> {
    const { signer } = this.props;
    const { key } = signer;
    const text = checkpointText({ origin: key.name, size, root });
    const bytes = Buffer.from(text);
    const signature = Buffer.from(await signer.sign(bytes));
    // A checkpoint with a bad signature would end the log, because none may follow it.
    if (!verify(null, bytes, key.key, signature))
      throw new LogUnavailable(
        `the signature made for ${key.name} is not of key ${key.id}: its checkpoint is not written`,
      );
    return { text, signatures: [{ name: key.name, id: key.id, signature }] };
  }

  /** What a checkpoint says that this log has signed. @throws LogError */
  private headIn({ bytes }: StoredCheckpoint): TreeHead {
    return verifiedCheckpoint(bytes, this.props.signer.key).checkpoint;
  }

  private forked(): LogForked {
    return new LogForked(`the checkpoint of ${this.props.storage.name} is another one than was written last`);
  }
}

function isSame(one: TreeHead, other: TreeHead): boolean {
  return one.size === other.size && Buffer.from(one.root).equals(other.root);
}
