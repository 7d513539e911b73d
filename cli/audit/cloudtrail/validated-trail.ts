import type { ExpectedTrail } from "./one-trail";
import type { TrailKeys } from "./public-keys";
import { openedTrail } from "./opened-trail";
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
    for (const path of files.events) {
      const { bytes } = await files.read(path);
      const state = validation.look(path, bytes);
      take?.(path, bytes, state);
    }
    return validation.ended();
  } finally {
    files.close();
  }
}
