import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { GetObjectCommand, PutObjectCommand, type PutObjectCommandInput, type S3Client } from "@aws-sdk/client-s3";
import { s3Error } from "./fake-s3";

/** A bucket of S3, which writes under conditions only. */
export class FakeBucket {
  public readonly objects = new Map<string, Buffer>();
  public readonly puts: PutObjectCommandInput[] = [];
  /** Comes first at every request */
  public before: (command: unknown) => void = () => undefined;
  /** Comes when the request was carried out */
  public after: (command: unknown) => void = () => undefined;

  public get client(): Pick<S3Client, "send"> {
    const send = async (command: unknown): Promise<unknown> => {
      this.before(command);
      const answer = this.answered(command);
      this.after(command);
      return answer;
    };
    return { send } as unknown as Pick<S3Client, "send">;
  }

  private answered(command: unknown): unknown {
    if (command instanceof GetObjectCommand) {
      const object = this.objects.get(command.input.Key as string);
      if (object === undefined) throw s3Error("NoSuchKey", 404);
      return { Body: Readable.from([object]), ETag: tagOf(object) };
    }
    if (!(command instanceof PutObjectCommand)) throw new Error("S3 is asked for nothing else");
    const { IfMatch, IfNoneMatch, Body, Key } = command.input;
    this.puts.push(command.input);
    const object = this.objects.get(Key as string);
    if (IfMatch !== undefined && object === undefined) throw s3Error("NoSuchKey", 404);
    const holds = IfNoneMatch === "*" ? object === undefined : IfMatch === tagOf(object as Buffer);
    if (!holds) throw s3Error("PreconditionFailed", 412);
    this.objects.set(Key as string, Buffer.from(Body as Uint8Array));
    return {};
  }
}

function tagOf(object: Buffer): string {
  return `"${createHash("md5").update(object).digest("hex")}"`;
}
