import type { S3Client } from "@aws-sdk/client-s3";

/** `s3://bucket/prefix` from the command line */
export interface S3Place {
  readonly bucket: string;
  /** "" for all of the bucket */
  readonly prefix: string;
}

/** @returns undefined if the place is no address of S3 */
export function s3PlaceIn(place: string): S3Place | undefined {
  const [, bucket, prefix = ""] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(place) ?? [];
  return bucket === undefined ? undefined : { bucket, prefix };
}

/** Loaded where it is needed: most logs lie in folders. */
export async function logClient(region: string | undefined): Promise<S3Client> {
  const { S3Client } = await import("@aws-sdk/client-s3");
  const { S3_LOG_BOUNDS } = await import("../../runtime/audit/storage/s3-log");
  return new S3Client({ ...S3_LOG_BOUNDS, ...(region !== undefined && { region }) });
}
