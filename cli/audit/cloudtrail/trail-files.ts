import type { Delivered } from "./digest";
import { trailFileName } from "./trail-file-name";
import { isRecent, type TrailScope } from "./trail-scope";

/** Files as CloudTrail delivers them: `{"Records": […]}`, mostly compressed */
const FILE = /\.json(?:\.gz)?$/;
export interface TrailFile {
  readonly bytes: Uint8Array;
  /** Signature of a digest, hexadecimal @default - none is known */
  readonly signature?: string;
}

/** Files of CloudTrail, in a folder or a bucket, by their paths there */
export interface TrailFiles {
  /** For people */
  readonly name: string;
  readonly events: readonly string[];
  readonly digests: readonly string[];
  /** Digests that end from then on must be there, in whole seconds since the epoch */
  readonly from: number;
  /** @throws CliError */
  read(path: string): Promise<TrailFile>;
  /** Path of what CloudTrail put there; undefined if it is not in this place */
  pathOf(delivered: Delivered): string | undefined;
  /** Whether a file of this name would be in the requested selection */
  isMeant(delivered: Delivered): boolean;
  close(): void;
}

export function meantOf(
  all: readonly string[],
  { events, from, until }: TrailScope,
): Pick<TrailFiles, "digests" | "events"> {
  const named = [...all].sort().map((path) => ({ path, name: trailFileName(path) }));
  const isOfDays = (end: number): boolean => from <= end && end <= until;
  return {
    events: named.flatMap(({ path, name }) =>
      name?.kind !== "digest" &&
      path.startsWith(events) &&
      FILE.test(path) &&
      isRecent({ from }, name?.time ?? Infinity)
        ? [path]
        : [],
    ),
    digests: named.flatMap(({ path, name }) => (name?.kind === "digest" && isOfDays(name.time) ? [path] : [])),
  };
}

/** Whether a file of this name is as recent as the files that are meant */
export function isRecentFile({ object }: Pick<Delivered, "object">, scope: Pick<TrailScope, "from">): boolean {
  return isRecent(scope, trailFileName(object)?.time ?? Infinity);
}
