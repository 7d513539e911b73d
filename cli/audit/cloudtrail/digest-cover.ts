import type { SignedDigest } from "./digest-chain";
import { trailFileName } from "./trail-file-name";

/** In whole seconds since the epoch */
export interface Covered {
  readonly from: number;
  readonly until: number;
}

/** A digest may list a file an hour later than the time in its name. */
const LATE_SECONDS = 3_600;

/** Which time digests cover: of all together, and of each account and region */
export class DigestCover {
  private all: Covered | undefined;
  private readonly parts = new Map<string, Covered>();

  constructor(digests: readonly Pick<SignedDigest, "end" | "path" | "start">[]) {
    for (const digest of digests) {
      const { of = "" } = trailFileName(digest.path) ?? {};
      this.all = joined(this.all, digest);
      this.parts.set(of, joined(this.parts.get(of), digest));
    }
  }

  /** Undefined if there are none */
  public get whole(): Covered | undefined {
    return this.all;
  }

  /** Whether digests must list a file of this name. A file with any other name was not written by CloudTrail. */
  public hasToList(path: string): boolean {
    const name = trailFileName(path);
    if (name === undefined) return true;
    const covered = this.parts.get(name.of);
    return covered !== undefined && covered.from <= name.time && name.time + LATE_SECONDS <= covered.until;
  }
}

function joined(covered: Covered | undefined, { start, end }: Pick<SignedDigest, "end" | "start">): Covered {
  return { from: Math.min(covered?.from ?? start, start), until: Math.max(covered?.until ?? end, end) };
}

/**
 * By region, the latest time without a gap that digests of an hour each cover; what was delivered so late that a digest of its own lists
 * it covers nothing.
 */
export function coveredRegions(
  digests: readonly Pick<SignedDigest, "end" | "path" | "start">[],
): ReadonlyMap<string, Covered> {
  const regions = new Map<string, Covered>();
  for (const { path, start, end } of [...digests].sort((one, other) => one.start - other.start)) {
    const name = trailFileName(path);
    if (name === undefined || name.isBackfill) continue;
    const known = regions.get(name.region);
    const follows = known !== undefined && start <= known.until;
    regions.set(name.region, follows ? joined(known, { start, end }) : { from: start, until: end });
  }
  return regions;
}
