import type { GetObjectCommandOutput, S3Client, S3ClientConfig } from "@aws-sdk/client-s3";
import { ARCHIVE_LIMITS } from "../policies/bundle";
import { CliError } from "./program";
import type { PublishStore, Stored } from "./publish-store";

/** Bounds for the client: five attempts, ten seconds for each answer to begin */
export const S3_BOUNDS = {
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
} as const satisfies S3ClientConfig;

type S3Error = Error & { readonly $metadata?: { readonly httpStatusCode?: number } };

/** S3 says 412 where the condition does not hold, 409 where two writes meet, and NoSuchKey where it is gone. */
const LOST = [409, 412];

/** An object in S3, which is written only in the place of the one that was read. */
export class S3Store implements PublishStore {
  public readonly name: string;

  constructor(
    private readonly client: Pick<S3Client, "send">,
    private readonly bucket: string,
    private readonly object: string,
  ) {
    this.name = `s3://${bucket}/${object}`;
  }

  public async read(): Promise<Stored | undefined> {
    const { GetObjectCommand } = await import("@aws-sdk/client-s3");
    let found: GetObjectCommandOutput;
    try {
      found = await this.client.send(new GetObjectCommand({ Bucket: this.bucket, Key: this.object }));
    } catch (error) {
      if ((error as Error).name === "NoSuchKey") return undefined;
      throw this.failed(
        "read",
        error as S3Error,
        "; without s3:ListBucket this is also how S3 says that there is none",
      );
    }
    if (found.ETag === undefined) throw new CliError(`${this.name} has no ETag, so it cannot be replaced safely`);
    return { bytes: await this.bytesOf(found), tag: found.ETag };
  }

  public async replace(read: Stored | undefined, bytes: Uint8Array): Promise<void> {
    const { PutObjectCommand } = await import("@aws-sdk/client-s3");
    const condition = read === undefined ? { IfNoneMatch: "*" } : { IfMatch: read.tag };
    const what = { Bucket: this.bucket, Key: this.object, Body: bytes, ContentType: "application/gzip" };
    try {
      await this.client.send(new PutObjectCommand({ ...what, ...condition }));
    } catch (error) {
      const { name, $metadata } = error as S3Error;
      const lost = LOST.includes($metadata?.httpStatusCode ?? 0) || name === "NoSuchKey";
      if (!lost) throw this.failed("write", error as S3Error);
      throw new CliError(`${this.name} was changed by another deploy meanwhile, and was left alone: run this again`);
    }
  }

  private async bytesOf({ Body }: GetObjectCommandOutput): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of Body as AsyncIterable<Uint8Array>) {
      size += part.length;
      if (size > ARCHIVE_LIMITS.compressedBytes) {
        throw new CliError(`${this.name} must have at most ${ARCHIVE_LIMITS.compressedBytes} bytes`);
      }
      parts.push(part);
    }
    return Buffer.concat(parts);
  }

  private failed(act: string, error: S3Error, onDenied = ""): CliError {
    const { name, message, $metadata } = error;
    const hint = $metadata?.httpStatusCode === 403 ? onDenied : "";
    return new CliError(`cannot ${act} ${this.name}: ${name}: ${message}${hint}`, { cause: error });
  }
}
