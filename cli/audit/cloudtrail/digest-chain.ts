import { inParts } from "../../../runtime/in-parts";
import { CliError } from "../../program";
import type { Findings } from "../finding";
import { type Digest, digestIn, hasKey, isSigned } from "./digest";
import type { TrailKeys } from "./public-keys";
import { trailFileName } from "./trail-file-name";
import type { TrailFiles } from "./trail-files";

/** A digest whose signature was verified */
export interface SignedDigest extends Digest {
  readonly path: string;
  readonly signature: string;
}

/** Digests that are read at once: there is one for each hour and region */
export const READ_AT_ONCE = 64;

interface Read {
  readonly path: string;
  /** Of the object's metadata */
  readonly signature: string | undefined;
  readonly digest: Digest;
}

/**
 * Digests of one account, region and trail: each has a signature of CloudTrail and names the one before it, whose hash and signature
 * it has. What does not hold is a finding.
 *
 * @param paths in the order of time
 * @returns those that are sound by themselves, in that order
 * @throws CliError if one cannot be read
 */
export async function digestChain(
  files: TrailFiles,
  paths: readonly string[],
  keys: TrailKeys,
  findings: Findings,
): Promise<readonly SignedDigest[]> {
  const all: Read[] = [];
  for (const some of inParts(paths, READ_AT_ONCE))
    for (const one of await Promise.all(some.map((path) => read(files, path, findings))))
      if (one !== undefined) all.push(one);
  // In a copy the metadata is gone, but each digest has the signature of the one before.
  const later = new Map(
    all.flatMap(({ digest: { previous } }) => (previous === undefined ? [] : [[previous.object, previous.signature]])),
  );
  const sound = all.flatMap((one) => signed(one, later.get(one.digest.object), keys, findings) ?? []);
  const around = {
    sound: new Map(sound.map((digest) => [digest.object, digest])),
    isThere: new Set(all.map(({ digest }) => digest.object)),
    files,
  };
  for (const [at, digest] of sound.entries()) link(digest, sound[at - 1], around, findings);
  return sound;
}

async function read(files: TrailFiles, path: string, findings: Findings): Promise<Read | undefined> {
  const file = await files.read(path);
  const add = (code: "trail.digest-malformed" | "trail.digest-moved", why: string): undefined =>
    findings.add({ code, file: path, what: `the digest ${path} ${why}` }) as undefined;
  try {
    const digest = digestIn(file.bytes);
    if (files.pathOf(digest) !== path)
      return add("trail.digest-moved", `was delivered as s3://${digest.bucket}/${digest.object}`);
    return { path, signature: file.signature, digest };
  } catch (error) {
    if (error instanceof CliError) throw error;
    return add("trail.digest-malformed", `cannot be read: ${(error as Error).message}`);
  }
}

function signed(
  { path, signature: own, digest }: Read,
  later: string | undefined,
  keys: TrailKeys,
  findings: Findings,
): SignedDigest | undefined {
  const signature = own ?? later;
  const what =
    signature === undefined
      ? `nothing has the signature of the digest ${path}`
      : `the signature of the digest ${path} is not of the key ${digest.fingerprint}`;
  if (!hasKey(digest, keys))
    findings.add({
      code: "trail.digest-key",
      file: path,
      what: `the digest ${path} is signed by the key ${digest.fingerprint}, which is not known for its time`,
    });
  else if (signature !== undefined && isSigned(digest, signature, keys)) return { ...digest, path, signature };
  else findings.add({ code: "trail.digest-signature", file: path, what });
  return undefined;
}

interface Around {
  /** By the objects that they are */
  readonly sound: ReadonlyMap<string, SignedDigest>;
  /** Objects of digests, sound or not */
  readonly isThere: ReadonlySet<string>;
  readonly files: TrailFiles;
}

function link(
  { path, previous, start }: SignedDigest,
  before: SignedDigest | undefined,
  { sound, isThere: objects, files }: Around,
  findings: Findings,
): void {
  const add = (code: "trail.digest-missing" | "trail.digest-other" | "trail.gap", what: string): void =>
    findings.add({ code, file: path, what });
  if (previous === undefined) {
    if (before !== undefined) add("trail.gap", `the digest ${path} begins anew: ${gapOf(before.end, start)}`);
    return;
  }
  const named = sound.get(previous.object);
  if (named !== undefined) {
    if (named.hash !== previous.hash || named.signature !== previous.signature)
      add("trail.digest-other", `the digest before ${path} is another than it names: ${named.path}`);
    else if (start > named.end) add("trail.gap", `the digest ${path} follows late: ${gapOf(named.end, start)}`);
    return;
  }
  // What is there and not sound is a finding already. Where days are named, the digest before the first one may be left out.
  const isThere = files.pathOf(previous) !== undefined || objects.has(previous.object);
  if (isThere || (trailFileName(previous.object)?.time ?? start) < files.from) return;
  add("trail.digest-missing", `the digest before ${path} is gone: ${previous.object}`);
}

function gapOf(from: number, until: number): string {
  const time = (seconds: number): string => new Date(seconds * 1_000).toISOString().replace(".000Z", "Z");
  return `no digest covers ${time(from)} to ${time(until)}`;
}
