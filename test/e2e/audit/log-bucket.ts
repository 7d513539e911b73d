import { createPublicKey, type KeyObject } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { CreateKeyCommand, GetPublicKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { noteKey, vkeyOf } from "../../../runtime/audit/tlog/note-key";
import type { AuditLogConfig } from "../../../runtime/exchange/audit-log-config";
import { REGION } from "../exchange/state-table";

const ORIGIN = "prod.example/audit";
const PREFIX = "log/";
/** What the SDK signs by, and moto does not look at */
const CREDENTIALS = { accessKeyId: "test", secretAccessKey: "test" };

/** The key of a log in KMS */
export interface LogKey {
  readonly kms: string;
  readonly publicKey: KeyObject;
}

/** A log in a bucket, its key, and copies of it for who verifies it */
export class LogBucket {
  public readonly vkey: string;
  public readonly vkeyFile: string;
  /** For a process that keeps the log */
  public readonly config: AuditLogConfig;
  private readonly s3: S3Client;
  private copies = 0;

  /** @param folder for the verifier's key and copies */
  private constructor(
    url: string,
    private readonly name: string,
    private readonly folder: string,
    public readonly key: LogKey,
  ) {
    const { kms, publicKey } = key;
    this.vkey = vkeyOf(noteKey(ORIGIN, publicKey));
    this.vkeyFile = this.write(`${name}.vkey`, this.vkey);
    const s3 = { bucket: name, prefix: PREFIX, region: REGION, endpoint: url };
    this.config = { origin: ORIGIN, key: { kms }, storage: { s3 } };
    this.s3 = new S3Client({ endpoint: url, region: REGION, credentials: CREDENTIALS, forcePathStyle: true });
  }

  /** @param url of moto */
  public static async made(url: string, name: string, folder: string, key?: LogKey): Promise<LogBucket> {
    const bucket = new LogBucket(url, name, folder, key ?? (await kmsKey(url)));
    const CreateBucketConfiguration = { LocationConstraint: REGION } as const;
    await bucket.s3.send(
      new CreateBucketCommand({ Bucket: name, CreateBucketConfiguration, ObjectLockEnabledForBucket: true }),
    );
    return bucket;
  }

  /** As `ambit audit` is told it */
  public get place(): string {
    return `s3://${this.name}/${PREFIX}`;
  }

  /** All objects of the log in a folder of its own, as a client with read access to the bucket gets them */
  public async copy(): Promise<string> {
    const folder = join(this.folder, `${this.name}-copy-${this.copies++}`);
    let next: string | undefined;
    do {
      const page = await this.s3.send(new ListObjectsV2Command({ Bucket: this.name, ContinuationToken: next }));
      for (const { Key } of page.Contents ?? []) {
        const path = (Key as string).slice(PREFIX.length);
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), await this.object(path));
      }
      next = page.NextContinuationToken;
    } while (next !== undefined);
    return folder;
  }

  /** @param path below the log's prefix */
  public async object(path: string): Promise<Uint8Array> {
    const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: this.name, Key: `${PREFIX}${path}` }));
    return (await Body?.transformToByteArray()) as Uint8Array;
  }

  /** What an attacker with write access to the bucket does */
  public async overwrite(path: string, body: Uint8Array): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket: this.name, Key: `${PREFIX}${path}`, Body: body }));
  }

  public write(name: string, content: string | Uint8Array): string {
    const path = resolve(this.folder, name);
    writeFileSync(path, content);
    return path;
  }

  public close(): void {
    this.s3.destroy();
  }
}

/** moto_digest.py knows by its description that it is on Ed25519. */
async function kmsKey(endpoint: string): Promise<LogKey> {
  const client = new KMSClient({ endpoint, region: REGION, credentials: CREDENTIALS });
  const kind = { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY", Description: "Ambit: signs audit-log" } as const;
  const { KeyMetadata } = await client.send(new CreateKeyCommand(kind));
  const kms = KeyMetadata?.Arn as string;
  const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: kms }));
  client.destroy();
  return { kms, publicKey: createPublicKey({ key: Buffer.from(PublicKey ?? []), format: "der", type: "spki" }) };
}
