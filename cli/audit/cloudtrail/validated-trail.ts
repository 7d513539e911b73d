import { inParts } from "../../../runtime/in-parts";
import type { ExpectedTrail } from "./one-trail";
import type { TrailKeys } from "./public-keys";
import { openedTrail } from "./opened-trail";
import type { TrailFiles } from "./trail-files";
import { TrailValidation, type ValidatedTrail } from "./trail-validation";

export interface TrailPlace {
  /** A folder, or `s3://bucket/prefix` */
  readonly place: string;
  readonly region: string | undefined;
  /** Undefined if the caller names none: then nothing is validated */
  readonly keys: TrailKeys | undefined;
  /** Which trail must have delivered the files @default - any, and only one */
  readonly expected?: ExpectedTrail;
}

/** Takes each file of events with what is known of it. */
export type TakeFile = (path: string, bytes: Uint8Array, state: ReturnType<TrailValidation["look"]>) => void;

/**
 * Reads all files of CloudTrail in a place, once, and compares them with the digests there.
 *
 * @throws CliError if one cannot be read
 */
export async function validatedTrail(
  { place, region, keys, expected }: TrailPlace,
  take?: TakeFile,
): Promise<ValidatedTrail> {
  const files = await openedTrail(place, region);
  try {
    const validation = await TrailValidation.of(files, keys, expected);
    await lookedThrough(files, validation, take);
    return validation.ended();
  } finally {
    files.close();
  }
}

/** Files of events that are read at once */
const READ_AT_ONCE = 8;

/**
 * Reads all files of events, a few at once, and takes them in their order.
 *
 * @throws CliError if one cannot be read
 */
export async function lookedThrough(files: TrailFiles, validation: TrailValidation, take?: TakeFile): Promise<void> {
  for (const some of inParts(files.events, READ_AT_ONCE)) {
    const read = await Promise.all(some.map(async (path) => ({ path, bytes: (await files.read(path)).bytes })));
    for (const { path, bytes } of read) {
      const state = validation.look(path, bytes);
      take?.(path, bytes, state);
    }
  }
}
