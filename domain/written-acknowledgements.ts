import { type Acknowledgement, checkAcknowledgement } from "./acknowledgement";
import { DeclarationError, shown } from "./errors";
import { isRecord } from "./is-record";

/** Key in the comment `//` of a block, below which they stand by hash */
export const ACKNOWLEDGED = "acknowledged";

/** What stands where acknowledgements are written: an override, or a registry, may have what `acknowledge` refuses. */
export interface WrittenAcknowledgements {
  readonly wellFormed: readonly Acknowledgement[];
  /** They count for nothing, so their findings are refused. */
  readonly malformed: readonly Malformed[];
}

interface Malformed {
  /** As it is written; empty where none is */
  readonly hash: string;
  /** What is wrong and what to write instead, as a sentence without a full stop */
  readonly why: string;
}

const NONE: WrittenAcknowledgements = { wellFormed: [], malformed: [] };

/** The comment `//` of a block. A list of comments is none, but what it acknowledges is told. */
export function commentOf(written: unknown): Comment {
  if (isRecord(written)) return written;
  const isTold = (each: unknown): boolean => isRecord(each) && Object.keys(each).some((key) => NAMED.test(key));
  return Array.isArray(written) && written.some(isTold) ? { [ACKNOWLEDGED]: written } : {};
}

const NAMED = /^acknowledg/i;

/** Those in the comment `//` of a block that are well-formed */
export function acknowledgementsIn(comment: Comment): readonly Acknowledgement[] {
  return writtenIn(comment).wellFormed;
}

/** All that the comment `//` of a block has as acknowledgements */
export function writtenIn(comment: Comment): WrittenAcknowledgements {
  const named = Object.keys(comment).filter((key) => NAMED.test(key));
  if (named.length === 0) return NONE;
  const misspelt = named.find((key) => key !== ACKNOWLEDGED);
  const wrong = misspelt === undefined ? [] : [{ hash: "", why: `the key must be ${ACKNOWLEDGED}, got ${misspelt}` }];
  const written = comment[ACKNOWLEDGED];
  if (written === undefined) return { ...NONE, malformed: wrong };
  if (!isRecord(written)) {
    const why = `${ACKNOWLEDGED} must be an object that has each by its hash, got ${shown(written)}`;
    return { ...NONE, malformed: [...wrong, { hash: "", why }] };
  }
  const { wellFormed, malformed } = acknowledgementsOf(
    Object.entries(written).map(([hash, value]) => [hash, isRecord(value) ? { ...value, hash } : value]),
  );
  return { wellFormed, malformed: [...wrong, ...malformed] };
}

/** @param written with the hash by which a report names it */
export function acknowledgementsOf(
  written: readonly (readonly [hash: string, value: unknown])[],
): WrittenAcknowledgements {
  const wellFormed: Acknowledgement[] = [];
  const malformed: Malformed[] = [];
  for (const [hash, value] of written) {
    const why = wrongIn(value);
    if (why === undefined) wellFormed.push(value as Acknowledgement);
    else malformed.push({ hash, why });
  }
  return { wellFormed, malformed };
}

const WHERE = "acknowledgement";

function wrongIn(value: unknown): string | undefined {
  if (!isRecord(value)) return `it must be an object with finding, reason, owner and expires, got ${shown(value)}`;
  try {
    checkAcknowledgement(value as unknown as Acknowledgement, WHERE);
    return undefined;
  } catch (error) {
    if (error instanceof DeclarationError) return error.message.slice(`${WHERE}: `.length);
    throw error;
  }
}

type Comment = Readonly<Record<string, unknown>>;
