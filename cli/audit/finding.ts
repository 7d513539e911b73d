/** What can be wrong with a log, or with CloudTrail's files, and what to do then. Codes are part of the contract. */
export const REMEDIES = {
  "checkpoint.missing": "name the folder or prefix in which the file checkpoint lies, or get it from a backup",
  "checkpoint.malformed": "ask the log's operator for the checkpoint, and keep this one as evidence",
  "checkpoint.signature": "check that --key is the log's own; if it is, this checkpoint is forged",
  "checkpoint.origin": "name the log's origin with --origin, or get the checkpoint of the right log",
  "checkpoint.witness": "ask the witness what it last cosigned: without it, nothing shows that others see this log too",
  "checkpoint.rollback": "keep both checkpoints: both are signed, so they prove that records were taken back",
  "checkpoint.split-view": "keep both checkpoints: both are signed, so they prove that the log shows two histories",
  "root.other": "the tiles are not those that were signed: restore them from a copy, and look who writes there",
  "tile.missing": "restore the file from a copy of the log",
  "tile.malformed": "restore the file from a copy of the log",
  "tile.other": "restore the file from a copy: the hashes above it are signed, this file is not what they cover",
  "bundle.missing": "restore the file from a copy of the log: its hashes are there, its records are not",
  "bundle.malformed": "restore the file from a copy of the log",
  "entry.other":
    "the record was changed after it was signed: restore its bundle from a copy, and look who writes there",
  "record.malformed": "the log's owner signed what is no record: ask which program wrote it",
  "record.not-canonical": "the log's owner signed a record that is no RFC 8785 form: ask which program wrote it",
  "writer.gap": "records were dropped before they were signed: compare with the state store, which keeps them",
  "writer.repeated": "a record was put in twice, or a writer's name was used twice: compare with the state store",
  "writer.reordered": "the log's owner put records in another order than they were written: ask for the reason",
  "writer.tail-lost": "records that the state store has are not in the log: look at the integrator and its backlog",
  "writer.lost": "no record of this writer is in the log: look at the integrator, and at who may write to the log",
  "trail.foreign":
    "name the folder or prefix of one trail, with its account and bucket (--cloudtrail-account, --cloudtrail-bucket), and ask who put files of another one there",
  "trail.digest-malformed": "restore the digest from a copy of CloudTrail's bucket, and look who writes there",
  "trail.digest-moved": "name the bucket to which CloudTrail delivers, or a copy in which each file has its own name",
  "trail.digest-key":
    "write --cloudtrail-keys anew, for the digest's time and region; if no key appears, CloudTrail did not sign it",
  "trail.digest-signature":
    "copy the digest with its metadata (aws s3api head-object); if it does not hold then, CloudTrail did not write this digest",
  "trail.digest-other": "restore the digest before from a copy: CloudTrail signed another one there",
  "trail.digest-missing":
    "restore the digest from a copy; where digests are kept for some days only, name a day that is kept",
  "trail.gap": "look who stopped the trail or its validation then: what AWS did meanwhile is on no record",
  "trail.file-missing": "restore the file from a copy of CloudTrail's bucket, and look who deletes there",
  "trail.file-changed": "restore the file from a copy of CloudTrail's bucket, and look who writes there",
  "trail.file-malformed": "restore the file from a copy of CloudTrail's bucket, and look who writes there",
  "trail.file-unlisted": "believe nothing of this file, which CloudTrail did not deliver, and look who writes there",
} as const;

export type FindingCode = keyof typeof REMEDIES;

/** Where in the log */
export interface Place {
  /** Path below the log's prefix */
  readonly file?: string;
  /** Of the entry, from 0 on */
  readonly index?: number;
  readonly writer?: string;
  readonly sequence?: number;
}

/** Something that is wrong with a log */
export interface Finding extends Place {
  readonly code: FindingCode;
  /** One sentence */
  readonly what: string;
}

/** Findings that are kept in full; all are counted. */
const MOST = 100;

/** What was found so far, in constant memory */
export class Findings {
  private readonly kept: Finding[] = [];
  private readonly counts = new Map<FindingCode, number>();

  public add(finding: Finding): void {
    if (this.kept.length < MOST) this.kept.push(finding);
    this.counts.set(finding.code, (this.counts.get(finding.code) ?? 0) + 1);
  }

  /** Add what another one has found: what it only counted is counted. */
  public addAll({ first, counts }: FoundSoFar): void {
    this.kept.push(...first.slice(0, Math.max(0, MOST - this.kept.length)));
    for (const [code, count] of counts) this.counts.set(code, (this.counts.get(code) ?? 0) + count);
  }

  public get found(): FoundSoFar {
    return { first: this.kept, counts: [...this.counts] };
  }

  public get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }
}

export interface FoundSoFar {
  /** In the order in which they were found */
  readonly first: readonly Finding[];
  readonly counts: readonly (readonly [code: FindingCode, count: number])[];
}
