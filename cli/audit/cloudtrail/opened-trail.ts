import { s3PlaceIn } from "../s3-place";
import type { TrailFiles } from "./trail-files";

/**
 * @param place a folder, or `s3://bucket/prefix`
 * @throws CliError
 */
export async function openedTrail(place: string, region?: string): Promise<TrailFiles> {
  const at = s3PlaceIn(place);
  if (at === undefined) return (await import("./folder-trail")).folderTrail(place);
  return (await import("./bucket-trail")).bucketTrail(at, region);
}
