import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { AuditLogConfig } from "../../../runtime/exchange/audit-log-config";
import { noteKey, vkeyOf } from "../../../runtime/audit/tlog/note-key";
import type { StateStore } from "../../../runtime/store/store";
import { createTable, REGION, storeAt } from "../exchange/state-table";
import { signalGroup, start } from "../harness/process";
import { until } from "../harness/until";
import type { Moto } from "../terraform/moto";

const ROOT = resolve(__dirname, "../../..");
const ORIGIN = "prod.example/audit";
const SECONDS = 120;
/** What the SDK signs by, and moto does not look at */
const CREDENTIALS = { accessKeyId: "test", secretAccessKey: "test" };
const ENVIRONMENT = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };

interface Line {
  readonly event: string;
  readonly writer: string;
  readonly [fact: string]: unknown;
}

/** One process that writes records and may bring them into the log */
export class LogProcess {
  public readonly lines: Line[] = [];
  private readonly ended: Promise<unknown>;
  private said = "";

  constructor(private readonly child: ReturnType<typeof start>) {
    child.stdout.on("data", (text: string) => {
      const lines = `${this.said}${text}`.split("\n");
      this.said = lines.pop() as string;
      this.lines.push(...lines.map((line) => JSON.parse(line) as Line));
    });
    let failed = "";
    child.stderr.on("data", (text: string) => (failed += text));
    this.ended = new Promise((end) => child.once("close", () => end(failed)));
  }

  /** Undefined until it has begun */
  public get writer(): string | undefined {
    return this.lines[0]?.writer;
  }

  public async until(holds: (lines: readonly Line[]) => boolean): Promise<void> {
    await until(
      () => holds(this.lines),
      SECONDS,
      () => `it said ${JSON.stringify(this.lines.slice(-5))}`,
    );
  }

  public answered(count: number): Promise<void> {
    return this.until((lines) => lines.some(({ answered }) => Number(answered) >= count));
  }

  /** As the kernel ends a process that has no memory left */
  public async kill(): Promise<void> {
    signalGroup(this.child, "SIGKILL");
    await this.ended;
  }

  /** As Kubernetes ends one */
  public async end(): Promise<void> {
    signalGroup(this.child, "SIGTERM");
    await this.ended;
  }
}

/** A table and a bucket, the processes that write there, and copies of the log for who verifies it */
export class LogWorld {
  public readonly vkey: string;
  public readonly vkeyFile: string;
  public readonly store: StateStore;
  private readonly folder = mkdtempSync(join(tmpdir(), "ambit-e2e-audit-"));
  private readonly s3: S3Client;
  private readonly keyFile: string;
  private copies = 0;

  private constructor(
    private readonly url: string,
    private readonly table: string,
    private readonly bucket: string,
  ) {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    this.keyFile = this.write("log.pem", privateKey.export({ type: "pkcs8", format: "pem" }) as string);
    this.vkey = vkeyOf(noteKey(ORIGIN, publicKey));
    this.vkeyFile = this.write("log.vkey", this.vkey);
    this.store = storeAt(url, table);
    this.s3 = new S3Client({ endpoint: url, region: REGION, credentials: CREDENTIALS, forcePathStyle: true });
  }

  public static async start({ url }: Moto, name: string): Promise<LogWorld> {
    const world = new LogWorld(url, name, name);
    await createTable(url, name);
    const CreateBucketConfiguration = { LocationConstraint: REGION } as const;
    await world.s3.send(
      new CreateBucketCommand({ Bucket: name, CreateBucketConfiguration, ObjectLockEnabledForBucket: true }),
    );
    return world;
  }

  /** @param most acts that it writes @param table another one than the world's, which forks the store */
  public process(most = Number.MAX_SAFE_INTEGER, table = this.table): LogProcess {
    const s3 = { bucket: this.bucket, prefix: "log/", region: REGION, endpoint: this.url };
    const config: AuditLogConfig = { origin: ORIGIN, key: { file: this.keyFile }, storage: { s3 } };
    const script = ["-r", "@swc-node/register", "test/e2e/audit/log-process.ts"];
    const args = [...script, this.url, table, JSON.stringify(config), String(most)];
    return new LogProcess(start(process.execPath, args, { cwd: ROOT, env: ENVIRONMENT }));
  }

  public async forkedTable(): Promise<string> {
    const name = `${this.table}-forked`;
    await createTable(this.url, name);
    return name;
  }

  /** All objects of the log in a folder of its own, as anybody gets them who may read the bucket. */
  public async copy(): Promise<string> {
    const folder = join(this.folder, `copy-${this.copies++}`);
    let next: string | undefined;
    do {
      const page = await this.s3.send(new ListObjectsV2Command({ Bucket: this.bucket, ContinuationToken: next }));
      for (const { Key } of page.Contents ?? []) {
        const path = join(folder, (Key as string).slice("log/".length));
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, await this.object(Key as string));
      }
      next = page.NextContinuationToken;
    } while (next !== undefined);
    return folder;
  }

  public async object(key: string): Promise<Uint8Array> {
    const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
    return (await Body?.transformToByteArray()) as Uint8Array;
  }

  /** What somebody does who may write past the exchange */
  public async overwrite(key: string, body: Uint8Array): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket: this.bucket, Key: key, Body: body }));
  }

  public write(name: string, content: string | Uint8Array): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }

  public async stop(): Promise<void> {
    await this.store.close();
    this.s3.destroy();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
