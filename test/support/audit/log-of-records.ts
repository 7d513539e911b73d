import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { checkpointText } from "../../../runtime/audit/tlog/checkpoint";
import { cosignature, cosignedText } from "../../../runtime/audit/tlog/cosignature";
import { bundleOf } from "../../../runtime/audit/tlog/entry-bundle";
import { leafHash } from "../../../runtime/audit/tlog/merkle-hash";
import { type NoteKey, noteKey, vkeyOf } from "../../../runtime/audit/tlog/note-key";
import type { TreeHead } from "../../../runtime/audit/tlog/proof";
import { type NoteSignature, noteText } from "../../../runtime/audit/tlog/signed-note";
import { TILE_WIDTH, tilePath } from "../../../runtime/audit/tlog/tile-path";
import { TreeEdge } from "../../../runtime/audit/tlog/tree-edge";
import { canonicalJson } from "../../../runtime/canonical-json";
import type { Value } from "../../../runtime/json";

export interface Keys {
  readonly key: NoteKey;
  readonly vkey: string;
  readonly privateKey: KeyObject;
}

export function keysOf(name: string, kind: "cosignature" | "ed25519" = "ed25519"): Keys {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const key = noteKey(name, publicKey, kind);
  return { key, vkey: vkeyOf(key), privateKey };
}

export const LOG = keysOf("audit.acme.example");
export const WITNESS = keysOf("witness.other.example", "cosignature");
/** When the witness cosigns, whole seconds since the epoch */
export const COSIGNED_AT = 1_796_000_000;

/** An entry as the exchange writes it */
export function entryOf(
  writer: string,
  sequence: number,
  facts: Readonly<Record<string, Value>> = {},
  kind = "token.issued",
): Buffer {
  const time = 1_796_000_000 + sequence;
  return Buffer.from(canonicalJson({ version: "ambit.audit/2", writer, sequence, kind, time, facts }));
}

/** Entries of two writers in turn, each from 1 on */
export function entriesOf(count: number): Buffer[] {
  return Array.from({ length: count }, (_, at) =>
    entryOf(`writer-${at % 2}`, Math.floor(at / 2) + 1, { agent: "support-triage", txn: `txn-${Math.floor(at / 4)}` }),
  );
}

/** A log as its owner signs it, written without any code that reads it */
export class LogOfRecords {
  constructor(
    public readonly folder: string,
    public readonly origin: string = LOG.key.name,
  ) {}

  /** Write all files anew for these entries. @returns what was signed */
  public write(entries: readonly Uint8Array[], witness: Keys = WITNESS): TreeHead {
    rmSync(this.folder, { recursive: true, force: true });
    const { edge, tiles } = TreeEdge.EMPTY.append(entries.map(leafHash));
    for (const tile of tiles) this.put(tilePath(tile), tile.bytes);
    for (let at = 0; at < entries.length; at += TILE_WIDTH) {
      const some = entries.slice(at, at + TILE_WIDTH);
      this.put(tilePath({ level: "entries", index: at / TILE_WIDTH, width: some.length }), bundleOf(some));
    }
    const head = { size: entries.length, root: edge.root };
    this.sign(head, witness);
    return head;
  }

  /** Write the checkpoint. */
  public sign(head: TreeHead, witness: Keys = WITNESS, keys: Keys = LOG): void {
    const text = checkpointText({ origin: this.origin, ...head });
    const cosigned = sign(null, Buffer.from(cosignedText(text, COSIGNED_AT)), witness.privateKey);
    const signatures = [
      signature(keys, sign(null, Buffer.from(text), keys.privateKey)),
      signature(witness, cosignature(COSIGNED_AT, cosigned)),
    ];
    this.put("checkpoint", Buffer.from(noteText({ text, signatures })));
  }

  public read(path: string): Buffer {
    return readFileSync(join(this.folder, path));
  }

  public put(path: string, bytes: Uint8Array): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }

  public remove(path: string): void {
    rmSync(join(this.folder, path));
  }

  /** Change one byte of a file. */
  public flip(path: string, at: number): void {
    const bytes = this.read(path);
    bytes[at] = (bytes[at] as number) ^ 1;
    this.put(path, bytes);
  }
}

function signature({ key: { name, id } }: Keys, bytes: Uint8Array): NoteSignature {
  return { name, id, signature: Buffer.from(bytes) };
}
