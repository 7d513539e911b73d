import { GetObjectCommand, PutObjectCommand, type S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { CHECKPOINT_PATH } from "../tlog/tile-path";
import { LogForked, type LogStorage, LogUnavailable, type StoredCheckpoint } from "./log-storage";

/** Bounds for the client: three attempts of five seconds at most */
export const S3_LOG_BOUNDS = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
} as const satisfies S3ClientConfig;

type S3Error = Error & { readonly $metadata?: { readonly httpStatusCode?: number } };

/** S3 says so where the condition does not hold. Where two writes meet it says 409: then neither may have been carried out yet. */
const CONDITION_FAILED = 412;
/** C2SP tlog-tiles asks for these where the files are served. */
const TYPES = { checkpoint: "text/plain; charset=utf-8", tile: "application/octet-stream" } as const;

export interface S3LogProps {
  /** Make it with {@link S3_LOG_BOUNDS}. */
  readonly client: Pick<S3Client, "send">;
  readonly bucket: string;
  /** Of the objects' names; ends with a slash, or is empty */
  readonly prefix: string;
}

/**
 * A log in a bucket, for any number of processes. Each object is written under a condition; what keeps it from being deleted is the
 * bucket's Object Lock. An object that is not there is never asked for, so no right to list the bucket is needed.
 */
export class S3Log implements LogStorage {
  public readonly name: string;

  constructor(private readonly props: S3LogProps) {
    this.name = `s3://${props.bucket}/${props.prefix}`;
  }

  public async add(path: string, bytes: Uint8Array): Promise<void> {
    if (await this.put(path, bytes, { IfNoneMatch: "*" })) return;
    if (!Buffer.from(await this.read(path)).equals(bytes))
      throw new LogForked(`${this.name}${path} was written with other bytes: the log has forked`);
  }

  public async read(path: string): Promise<Uint8Array> {
    return (await this.get(path)).bytes;
  }

  public async checkpoint(): Promise<StoredCheckpoint> {
    return this.get(CHECKPOINT_PATH);
  }

  public async replaceCheckpoint(before: StoredCheckpoint | undefined, bytes: Uint8Array): Promise<boolean> {
    return this.put(CHECKPOINT_PATH, bytes, before === undefined ? { IfNoneMatch: "*" } : { IfMatch: before.tag });
  }

  /** @returns whether the condition held */
  private async put(
    path: string,
    Body: Uint8Array,
    condition: { readonly IfNoneMatch: "*" } | { readonly IfMatch: string },
  ): Promise<boolean> {
    const ContentType = path === CHECKPOINT_PATH ? TYPES.checkpoint : TYPES.tile;
    try {
      await this.props.client.send(new PutObjectCommand({ ...this.object(path), Body, ContentType, ...condition }));
      return true;
    } catch (error) {
      if ((error as S3Error).$metadata?.httpStatusCode === CONDITION_FAILED) return false;
      if ((error as Error).name === "NoSuchKey") throw this.gone(path, error);
      throw this.failed("write", path, error);
    }
  }

  private async get(path: string): Promise<StoredCheckpoint> {
    try {
      const { Body, ETag } = await this.props.client.send(new GetObjectCommand(this.object(path)));
      if (ETag === undefined) throw new Error("it has no ETag");
      const parts: Uint8Array[] = [];
      for await (const part of Body as AsyncIterable<Uint8Array>) parts.push(part);
      return { bytes: Buffer.concat(parts), tag: ETag };
    } catch (error) {
      throw (error as Error).name === "NoSuchKey" ? this.gone(path, error) : this.failed("read", path, error);
    }
  }

  private object(path: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.props.bucket, Key: `${this.props.prefix}${path}` };
  }

  private gone(path: string, cause: unknown): LogForked {
    return new LogForked(`${this.name}${path} is gone`, { cause });
  }

  private failed(act: string, path: string, error: unknown): LogUnavailable {
    const { name, message } = error as Error;
    return new LogUnavailable(`cannot ${act} ${this.name}${path}: ${name}: ${message}`, { cause: error });
  }
}
