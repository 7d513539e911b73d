import { HASH_BYTES } from "../../runtime/audit/tlog/merkle-hash";
import { CHECKPOINT_PATH, TILE_WIDTH } from "../../runtime/audit/tlog/tile-path";
import type { LogPolicy } from "../../runtime/audit/tlog/tlog-proof";
import { CHUNK_TILES, type ChunkJob, type ChunkResult } from "./chunk";
import { chunkPool } from "./chunk-pool";
import { compareWith } from "./consistency";
import { type Finding, Findings, type FoundSoFar } from "./finding";
import { type LogPlace, type LogReader, openLog } from "./log-reader";
import { SignedTree } from "./signed-tree";
import { type TrustedCheckpoint, trustedCheckpoint } from "./trusted-checkpoint";
import { type WriterHeads, Writers } from "./writers";

export interface VerifyLogProps {
  readonly log: LogPlace;
  readonly policy: LogPolicy;
  /** A checkpoint that was seen before, and its file's name for findings */
  readonly since?: { readonly bytes: Uint8Array; readonly file: string };
  /** What the state store said before the log is read */
  readonly heads?: WriterHeads;
  /** @default 1 for less than 100,000 entries, 2 otherwise */
  readonly threads?: number;
}

export interface VerifiedLog {
  /** For people */
  readonly name: string;
  /** Undefined if the key signed none: then nothing else was verified */
  readonly trusted: TrustedCheckpoint | undefined;
  /** As read; undefined if it is missing */
  readonly checkpoint: Uint8Array | undefined;
  readonly writers: number;
  readonly found: FoundSoFar;
}

/** From so many entries on, threads are started sooner than they are missed. */
const MANY = 100_000;

/** Reads the whole log and looks at all of it, in memory that does not grow with the log but with the number of writers. */
export async function verifyLog(props: VerifyLogProps): Promise<VerifiedLog> {
  const { policy, since } = props;
  const findings = new Findings();
  const report = (finding: Finding): void => findings.add(finding);
  const reader = await openLog(props.log);
  const bytes = await reader.read(CHECKPOINT_PATH);
  const trusted = trustedCheckpoint(bytes, policy, report);
  const writers = new Writers(report);
  if (trusted !== undefined) {
    const tree = await SignedTree.open(reader, trusted.checkpoint, report);
    if (since !== undefined) {
      const { origin, key } = policy;
      const old = trustedCheckpoint(since.bytes, { key, ...(origin && { origin }) }, report, since.file);
      if (old !== undefined) await compareWith(old.checkpoint, tree, report);
    }
    await verifyEntries(tree, writers, findings, props);
  }
  return { name: reader.name, trusted, checkpoint: bytes, writers: writers.count, found: findings.found };
}

async function verifyEntries(
  tree: SignedTree,
  writers: Writers,
  findings: Findings,
  { log, heads, threads }: VerifyLogProps,
): Promise<void> {
  const { size } = tree.head;
  const pool = await chunkPool(log, threads ?? (size < MANY ? 1 : 2));
  let unread = 0;
  const take = ({ found, runs, unread: some }: ChunkResult): void => {
    findings.addAll(found);
    writers.add(runs);
    unread += some;
  };
  try {
    const waiting: Promise<ChunkResult>[] = [];
    for (let first = 0; first * TILE_WIDTH < size; first += CHUNK_TILES) {
      const result = pool.verify(await jobOf(tree, first));
      // Failures are told where the result is taken.
      result.catch(() => undefined);
      waiting.push(result);
      if (waiting.length >= pool.atOnce) take(await (waiting.shift() as Promise<ChunkResult>));
    }
    for (const result of waiting) take(await result);
  } finally {
    await pool.close();
  }
  // What could not be read may be what is missing, and is reported as that.
  if (unread < writers.missing || unread === 0) writers.reportGaps();
  if (heads !== undefined) writers.compare(heads);
}

async function jobOf(tree: SignedTree, first: number): Promise<ChunkJob> {
  const { size } = tree.head;
  const count = Math.min(CHUNK_TILES, Math.ceil(size / TILE_WIDTH) - first);
  const full = Math.min(count, Math.floor(size / TILE_WIDTH) - first);
  const row = full > 0 ? await tree.tile(1, Math.floor(first / TILE_WIDTH)) : undefined;
  const at = (first % TILE_WIDTH) * HASH_BYTES;
  const above = Array.from({ length: full }, (_, tile) =>
    row?.subarray(at + tile * HASH_BYTES, at + (tile + 1) * HASH_BYTES),
  );
  const edge = full < count ? await tree.tile(0, first + full) : undefined;
  return { first, count, size, above, edge };
}

export type { LogReader };
