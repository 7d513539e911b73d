import { s3PlaceIn } from "../s3-place";
import type { TrailFiles } from "./trail-files";
import type { TrailTime } from "./trail-scope";

const EVER: TrailTime = { from: -Infinity };

/**
 * @param place a folder, or `s3://bucket/prefix`
 * @param time @default - all that is there
 * @throws CliError
 */
export async function openedTrail(place: string, region?: string, time = EVER): Promise<TrailFiles> {
  const at = s3PlaceIn(place);
  if (at === undefined) return (await import("./folder-trail")).folderTrail(place, time);
  return (await import("./bucket-trail")).bucketTrail(at, region, time);
}
