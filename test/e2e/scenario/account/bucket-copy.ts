import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { REGION } from "../../exchange/state-table";

/** All objects below a prefix in a folder, as a client with read access to the bucket gets them. @returns the folder */
export async function copyOfBucket(url: string, bucket: string, prefix: string, folder: string): Promise<string> {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const s3 = new S3Client({ endpoint: url, region: REGION, credentials, forcePathStyle: true });
  let next: string | undefined;
  do {
    const page = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: next }));
    for (const { Key = "" } of page.Contents ?? []) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
      const path = join(folder, Key.slice(prefix.length));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, (await Body?.transformToByteArray()) ?? new Uint8Array());
    }
    next = page.NextContinuationToken;
  } while (next !== undefined);
  s3.destroy();
  return folder;
}
