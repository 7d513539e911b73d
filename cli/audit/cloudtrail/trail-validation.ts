import { createHash } from "node:crypto";
import { type FindingCode, Findings, type FoundSoFar } from "../finding";
import { digestChain, type SignedDigest } from "./digest-chain";
import { type Covered, coveredRegions, DigestCover } from "./digest-cover";
import type { ListedFile } from "./digest";
import { gzipMember } from "./gzip-member";
import type { TrailKeys } from "./public-keys";
import { trailFileName } from "./trail-file-name";
import type { TrailFiles } from "./trail-files";
import { type ExpectedTrail, ofOneTrail, type TrailIdentity } from "./one-trail";

/** What CloudTrail's digests say of its files */
export interface ValidatedTrail {
  /** For people */
  readonly name: string;
  /** Why nothing was validated, in one sentence @default - validated */
  readonly unvalidated?: string;
  /** That delivered them, as the digests say @default - no digest says it */
  readonly trail?: TrailIdentity;
  /** Of that trail, whose signature was verified */
  readonly digests: number;
  /** What they cover, in whole seconds since the epoch @default - nothing */
  readonly covers?: Covered;
  readonly files: {
    /** Of events, whose hash a digest has */
    readonly valid: number;
    /** Of events, for whose time there is no digest, or not yet */
    readonly open: number;
  };
  readonly found: FoundSoFar;
}

/** Of one file: its hash is in a digest, no digest covers its time, or it is not what was delivered. */
export type FileState = "invalid" | "open" | "valid";

/** Compares files of CloudTrail with the digests that CloudTrail has signed. Each file is looked at once. */
export class TrailValidation {
  private readonly counts = { valid: 0, open: 0 };
  private readonly cover: DigestCover;

  private constructor(
    private readonly files: TrailFiles,
    private readonly findings: Findings,
    private readonly digests: readonly SignedDigest[],
    /** By the path of the file */
    private readonly listed: ReadonlyMap<string, ListedFile>,
    private readonly unvalidated: string | undefined,
    private readonly trail?: TrailIdentity,
  ) {
    this.cover = new DigestCover(digests);
  }

  /**
   * @param keys undefined if the caller names none: then nothing is validated
   * @param expected which trail must have delivered the files
   * @throws CliError if a digest cannot be read
   */
  public static async of(
    files: TrailFiles,
    keys: TrailKeys | undefined,
    expected: ExpectedTrail = {},
  ): Promise<TrailValidation> {
    const findings = new Findings();
    const why = unvalidatedBecause(files, keys);
    if (keys === undefined || why !== undefined) return new TrailValidation(files, findings, [], new Map(), why);
    const series = new Map<string, string[]>();
    for (const path of files.digests) {
      const { series: of = "" } = trailFileName(path) ?? {};
      const known = series.get(of);
      if (known === undefined) series.set(of, [path]);
      else known.push(path);
    }
    // One after the other, so that what is read at once is bounded.
    const sound: (readonly SignedDigest[])[] = [];
    for (const paths of series.values()) sound.push(await digestChain(files, paths, keys, findings));
    const { trail, digests } = ofOneTrail(sound.flat(), expected, findings);
    return new TrailValidation(files, findings, digests, listedFiles(digests, files, findings), undefined, trail);
  }

  /** @param path of a file of events, in the place */
  public look(path: string, bytes: Uint8Array): FileState {
    const state = this.unvalidated === undefined ? this.stateOf(path, bytes) : "open";
    if (state !== "invalid") this.counts[state] += 1;
    return state;
  }

  /** By region, the time that sound digests cover without a gap until the last one, in whole seconds since the epoch */
  public get regions(): ReadonlyMap<string, Covered> {
    return coveredRegions(this.digests);
  }

  /** Once all files were looked at */
  public ended(): ValidatedTrail {
    const { files, findings, digests, counts, unvalidated, trail } = this;
    const covers = this.cover.whole;
    return {
      name: files.name,
      ...(unvalidated !== undefined && { unvalidated }),
      ...(trail !== undefined && { trail }),
      digests: digests.length,
      ...(covers !== undefined && { covers }),
      files: counts,
      found: findings.found,
    };
  }

  private stateOf(path: string, bytes: Uint8Array): FileState {
    const listed = this.listed.get(path);
    if (listed === undefined) {
      if (!this.cover.hasToList(path)) return "open";
      return this.invalid("trail.file-unlisted", path, "is in no digest, though one covers its time");
    }
    let hash: string;
    try {
      hash = createHash("sha256").update(gzipMember(bytes)).digest("hex");
    } catch (error) {
      return this.invalid("trail.file-malformed", path, `cannot be read: ${(error as Error).message}`);
    }
    return hash === listed.hash
      ? "valid"
      : this.invalid("trail.file-changed", path, "is not what CloudTrail delivered");
  }

  private invalid(code: FindingCode, file: string, why: string): "invalid" {
    this.findings.add({ code, file, what: `the file ${file} ${why}` });
    return "invalid";
  }
}

function unvalidatedBecause({ digests }: TrailFiles, keys: TrailKeys | undefined): string | undefined {
  if (digests.length === 0)
    return "there are no digests: name the folder or prefix that has CloudTrail-Digest beside CloudTrail, of a trail with log file validation";
  return keys === undefined
    ? "no public key is known: name what aws cloudtrail list-public-keys prints with --cloudtrail-keys"
    : undefined;
}

function listedFiles(
  digests: readonly SignedDigest[],
  files: TrailFiles,
  findings: Findings,
): ReadonlyMap<string, ListedFile> {
  const listed = new Map<string, ListedFile>();
  for (const file of digests.flatMap((digest) => digest.files)) {
    const path = files.pathOf(file);
    if (path !== undefined) listed.set(path, file);
    else if (files.isMeant(file))
      findings.add({
        code: "trail.file-missing",
        file: file.object,
        what: `the file ${file.object} is in a digest, and is gone`,
      });
  }
  return listed;
}
