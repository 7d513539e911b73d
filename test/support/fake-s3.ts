import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { GetObjectCommand, PutObjectCommand, type PutObjectCommandInput, type S3Client } from "@aws-sdk/client-s3";

/** S3 with one object, which it replaces under a condition only. */
export class FakeS3 {
  public content: Buffer | undefined;
  public readonly put: PutObjectCommandInput[] = [];
  /** Comes first at every request */
  public before: (command: unknown) => void = () => undefined;
  public tagged = true;

  public get client(): Pick<S3Client, "send"> {
    return { send: async (command: unknown) => this.send(command) } as unknown as Pick<S3Client, "send">;
  }

  private send(command: unknown): unknown {
    this.before(command);
    if (command instanceof GetObjectCommand) {
      if (this.content === undefined) throw s3Error("NoSuchKey", 404);
      return { Body: Readable.from([this.content]), ...(this.tagged && { ETag: this.tag }) };
    }
    if (!(command instanceof PutObjectCommand)) throw new Error("S3 is asked for nothing else");
    const { IfMatch, IfNoneMatch, Body } = command.input;
    this.put.push(command.input);
    const holds = IfNoneMatch === "*" ? this.content === undefined : IfMatch !== undefined && IfMatch === this.tag;
    if (!holds) throw s3Error("PreconditionFailed", 412);
    this.content = Buffer.from(Body as Uint8Array);
    return {};
  }

  private get tag(): string {
    return `"${createHash("md5")
      .update(this.content ?? "")
      .digest("hex")}"`;
  }
}

export function s3Error(name: string, httpStatusCode: number): Error {
  return Object.assign(new Error(`${name} as S3 says it`), { name, $metadata: { httpStatusCode } });
}
