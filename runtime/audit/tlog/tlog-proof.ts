import { bytesIn } from "./base64";
import { type Checkpoint, verifiedCheckpoint } from "./checkpoint";
import { cosignedAt } from "./cosignature";
import { LogError } from "./log-error";
import { HASH_BYTES, leafHash } from "./merkle-hash";
import type { NoteKey } from "./note-key";
import { checkInclusion } from "./proof";

/** That an entry is in a log, as a file of its own (C2SP tlog-proof) */
export interface TlogProof {
  /** Of the entry, from 0 on */
  readonly index: number;
  readonly hashes: readonly Uint8Array[];
  /** The signed note, as the log published it */
  readonly checkpoint: Uint8Array;
}

/** Who is believed about a log */
export interface LogPolicy {
  readonly key: NoteKey;
  /** @default the key's name */
  readonly origin?: string;
  /** All of them must have cosigned. @default none */
  readonly witnesses?: readonly NoteKey[];
}

const VERSION = "c2sp.org/tlog-proof@v1";
const INDEX = /^index (0|[1-9]\d*)$/;
/** A tree of 2^63 leaves has no longer proof. */
const MOST_HASHES = 63;

export function proofText({ index, hashes, checkpoint }: TlogProof): string {
  const lines = [VERSION, `index ${index}`, ...hashes.map((hash) => Buffer.from(hash).toString("base64"))];
  return `${lines.join("\n")}\n\n${Buffer.from(checkpoint).toString("utf8")}`;
}

/**
 * Parse a proof without verifying it. Its extra data is ignored, because it is not signed.
 *
 * @throws LogError
 */
export function proofIn(text: string): TlogProof {
  const end = text.indexOf("\n\n");
  if (end < 0) throw new LogError("a proof must end with an empty line and a checkpoint");
  const [version, ...lines] = text.slice(0, end).split("\n");
  if (version !== VERSION) throw new LogError(`a proof must begin with ${VERSION}, got ${JSON.stringify(version)}`);
  if (lines[0]?.startsWith("extra ") === true) bytesIn((lines.shift() as string).slice("extra ".length), "extra data");
  const [place = "", ...base64] = lines;
  const index = Number(INDEX.exec(place)?.[1]);
  if (!Number.isSafeInteger(index))
    throw new LogError(`a proof must say index and a whole number, got ${JSON.stringify(place)}`);
  if (base64.length > MOST_HASHES)
    throw new LogError(`a proof must have at most ${MOST_HASHES} hashes, got ${base64.length}`);
  const hashes = base64.map((line) => {
    const hash = bytesIn(line, "a proof's hash");
    if (hash.length !== HASH_BYTES)
      throw new LogError(`a proof's hash must have ${HASH_BYTES} bytes, got ${hash.length}`);
    return hash;
  });
  return { index, hashes, checkpoint: Buffer.from(text.slice(end + 2)) };
}

/**
 * Check offline that the entry is in the log.
 *
 * @returns the checkpoint that says so
 * @throws LogError
 */
export function checkProof(entry: Uint8Array, proof: TlogProof, policy: LogPolicy): Checkpoint {
  const { checkpoint, note } = verifiedCheckpoint(proof.checkpoint, policy.key, policy.origin);
  for (const witness of policy.witnesses ?? []) cosignedAt(note, witness);
  if (proof.index >= checkpoint.size)
    throw new LogError(`the proof is of entry ${proof.index}, the checkpoint has ${checkpoint.size}`);
  checkInclusion(leafHash(entry), proof.index, checkpoint, proof.hashes);
  return checkpoint;
}
