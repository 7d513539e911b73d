import type { Findings } from "../finding";
import type { SignedDigest } from "./digest-chain";
import { trailFileName } from "./trail-file-name";

/** Which trail a digest is of, as it says itself under CloudTrail's signature */
export interface TrailIdentity {
  readonly account: string;
  /** To which it delivers */
  readonly bucket: string;
  /** Of the trail, with its home region */
  readonly name: string;
}

/** Which trail must have delivered the files */
export interface ExpectedTrail {
  /** Twelve digits @default - any one */
  readonly account?: string | undefined;
  /** @default - any one */
  readonly bucket?: string | undefined;
}

export interface OneTrail {
  /** Undefined if there is no digest of it */
  readonly trail: TrailIdentity | undefined;
  readonly digests: readonly SignedDigest[];
}

/**
 * Digests of one trail: the expected one or, if several match, the one with the most digests. CloudTrail signs for all
 * accounts of a region with one key, so digests of other trails are a finding, and validate nothing.
 */
export function ofOneTrail(digests: readonly SignedDigest[], expected: ExpectedTrail, findings: Findings): OneTrail {
  const trails = new Map<string, { readonly trail: TrailIdentity; readonly digests: SignedDigest[] }>();
  for (const digest of digests) {
    const trail = identityOf(digest);
    const key = textOf(trail);
    const known = trails.get(key);
    if (known === undefined) trails.set(key, { trail, digests: [digest] });
    else known.digests.push(digest);
  }
  const all = [...trails.values()].sort((one, other) => other.digests.length - one.digests.length);
  const meant = all.find(({ trail }) => isAs(trail, expected));
  for (const each of all) {
    if (each === meant) continue;
    const [first] = each.digests as [SignedDigest];
    const instead = meant === undefined ? expectedText(expected) : textOf(meant.trail);
    const what = `${each.digests.length === 1 ? "a digest is" : `${each.digests.length} digests are`} of another trail than ${instead}: of ${textOf(each.trail)}`;
    findings.add({ code: "trail.foreign", file: first.path, what });
  }
  return { trail: meant?.trail, digests: meant?.digests ?? [] };
}

/** Half a sentence */
export function textOf({ account, bucket, name }: TrailIdentity): string {
  return `the trail ${name} of account ${account}, which delivers to the bucket ${bucket}`;
}

function identityOf({ object, bucket }: SignedDigest): TrailIdentity {
  const { account = "", trail = "" } = trailFileName(object) ?? {};
  return { account, bucket, name: trail };
}

function isAs(trail: TrailIdentity, { account, bucket }: ExpectedTrail): boolean {
  return (account ?? trail.account) === trail.account && (bucket ?? trail.bucket) === trail.bucket;
}

function expectedText({ account, bucket }: ExpectedTrail): string {
  const parts = [account && `of account ${account}`, bucket && `that delivers to the bucket ${bucket}`];
  return `the one ${parts.filter(Boolean).join(" ")}`;
}
