import { bytesIn } from "../tlog/base64";
import { LogError } from "../tlog/log-error";
import { HASH_BYTES } from "../tlog/merkle-hash";
import { noteIn, noteText, type SignedNote } from "../tlog/signed-note";

/** Path below a witness's submission prefix (C2SP tlog-witness) */
export const ADD_CHECKPOINT = "/add-checkpoint";
/** Type of the body that tells the size which a witness knows */
export const SIZE_TYPE = "text/x.tlog.size";
/** Bytes of a request: a proof, and a note with as many signatures as any verifier takes */
export const REQUEST_BYTES = 64 * 1_024;
const MOST_HASHES = 63;
const OLD = /^old (0|[1-9]\d*)$/;
const SIZE = /^(0|[1-9]\d*)\n$/;

/** What a log asks a witness to cosign */
export interface AddCheckpoint {
  /** Size of the tree that the witness cosigned last; 0 for none */
  readonly old: number;
  /** That the tree of the checkpoint begins with the old one */
  readonly proof: readonly Uint8Array[];
  readonly checkpoint: SignedNote;
}

/** The body of the request */
export function addCheckpointText({ old, proof, checkpoint }: AddCheckpoint): string {
  const hashes = proof.map((hash) => `${Buffer.from(hash).toString("base64")}\n`);
  return `old ${old}\n${hashes.join("")}\n${noteText(checkpoint)}`;
}

/** @throws LogError if the body is not an add-checkpoint request */
export function addCheckpointIn(body: Uint8Array): AddCheckpoint {
  if (body.length > REQUEST_BYTES)
    throw new LogError(`a request must have at most ${REQUEST_BYTES} bytes, got ${body.length}`);
  const end = Buffer.from(body).indexOf("\n\n");
  if (end < 0) throw new LogError("a request must be an old size, a proof, an empty line and a checkpoint");
  const [first = "", ...hashes] = Buffer.from(body.subarray(0, end)).toString("latin1").split("\n");
  const old = Number(OLD.exec(first)?.[1]);
  if (!Number.isSafeInteger(old))
    throw new LogError(`a request must begin with old and a whole number, got ${JSON.stringify(first)}`);
  if (hashes.length > MOST_HASHES)
    throw new LogError(`a proof must have at most ${MOST_HASHES} hashes, got ${hashes.length}`);
  return { old, proof: hashes.map(hashIn), checkpoint: noteIn(body.subarray(end + 2)) };
}

/** The body that tells a size */
export function sizeText(size: number): string {
  return `${size}\n`;
}

/** @throws LogError */
export function sizeIn(body: Uint8Array): number {
  const text = Buffer.from(body).toString("latin1");
  const size = Number(SIZE.exec(text)?.[1]);
  if (!Number.isSafeInteger(size))
    throw new LogError(`a size must be a whole number and a newline, got ${JSON.stringify(text)}`);
  return size;
}

function hashIn(line: string): Buffer {
  const hash = bytesIn(line, "a proof's hash");
  if (hash.length !== HASH_BYTES)
    throw new LogError(`a proof's hash must have ${HASH_BYTES} bytes, got ${hash.length}`);
  return hash;
}
