import { CliError } from "../../program";
import { logClient, type S3Place } from "../s3-place";
import { MOST_BYTES } from "./plain-text";
import { isRecentFile, meantOf, type TrailFiles } from "./trail-files";
import { scopeSince, trailScope, type TrailTime } from "./trail-scope";

/** @throws CliError */
export async function bucketTrail(
  { bucket, prefix }: S3Place,
  region: string | undefined,
  time: TrailTime,
): Promise<TrailFiles> {
  const { GetObjectCommand, ListObjectsV2Command } = await import("@aws-sdk/client-s3");
  const client = await logClient(region);
  const scope = scopeSince(trailScope(prefix), time);
  const failed = (path: string, error: unknown): CliError => {
    const { name, message } = error as Error;
    return new CliError(`cannot read s3://${bucket}/${path}: ${name}: ${message}`, { cause: error });
  };
  const listed = async (below: string): Promise<string[]> => {
    const paths: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: below, ContinuationToken }));
      for (const { Key = "" } of page.Contents ?? []) paths.push(Key.slice(scope.root.length));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return paths;
  };
  let all: string[];
  try {
    const folders = new Set([`${scope.root}${scope.events}`, `${scope.root}${scope.digests}`]);
    all = (await Promise.all([...folders].map(listed))).flat();
  } catch (error) {
    client.destroy();
    throw failed(prefix, error);
  }
  const meant = meantOf(all, scope);
  const known = new Set([...meant.events, ...meant.digests]);
  return {
    name: `s3://${bucket}/${prefix}`,
    ...meant,
    from: scope.from,
    read: async (path) => {
      try {
        const {
          Body,
          ContentLength = 0,
          Metadata,
        } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: `${scope.root}${path}` }));
        if (ContentLength > MOST_BYTES) throw new Error(`it has ${ContentLength} bytes`);
        const signature = Metadata?.["signature"];
        const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
        return { bytes, ...(signature !== undefined && { signature }) };
      } catch (error) {
        throw failed(`${scope.root}${path}`, error);
      }
    },
    pathOf: ({ bucket: other, object }) => {
      if (other !== bucket || !object.startsWith(scope.root)) return undefined;
      const path = object.slice(scope.root.length);
      return known.has(path) ? path : undefined;
    },
    isMeant: ({ bucket: other, object }) =>
      other === bucket && object.startsWith(`${scope.root}${scope.events}`) && isRecentFile({ object }, scope),
    close: () => client.destroy(),
  };
}
