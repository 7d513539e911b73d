import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { FolderLog } from "../../../../runtime/audit/storage/folder-log";
import type { LogStorage } from "../../../../runtime/audit/storage/log-storage";
import { S3Log } from "../../../../runtime/audit/storage/s3-log";
import { scratch } from "../../../support/cli";
import { FakeBucket } from "../../../support/fake-bucket";

interface Kept {
  readonly storage: LogStorage;
  readonly at: string;
  /** Another writer changes or deletes the file at the path. */
  set(path: string, text: string | undefined): void;
}

const folder = scratch("log-storage");
let count = 0;

const KINDS: readonly (readonly [string, () => Kept])[] = [
  [
    "a folder",
    () => {
      const at = join(folder.path, `${count++}`);
      const set = (path: string, text: string | undefined): void =>
        text === undefined ? rmSync(join(at, path)) : writeFileSync(join(at, path), text);
      return { storage: new FolderLog(at), at: `${at}/`, set };
    },
  ],
  [
    "a bucket",
    () => {
      const bucket = new FakeBucket();
      const set = (path: string, text: string | undefined): void => {
        if (text === undefined) bucket.objects.delete(`log/${path}`);
        else bucket.objects.set(`log/${path}`, Buffer.from(text));
      };
      return {
        storage: new S3Log({ client: bucket.client, bucket: "audit", prefix: "log/" }),
        at: "s3://audit/log/",
        set,
      };
    },
  ],
];

const bytes = (text: string): Buffer => Buffer.from(text);
const TILE = "tile/0/x001/000.p/3";

describe.each(KINDS)("%s", (_, open) => {
  let kept: Kept;
  beforeEach(() => {
    kept = open();
  });

  test("of two that replace the same checkpoint at once one does, and what stands there is its", async () => {
    await kept.storage.replaceCheckpoint(undefined, bytes("first"));
    for (let at = 0; at < 20; at++) {
      const before = await kept.storage.checkpoint();
      const texts = [`a ${at}`, `b ${at}`, `c ${at}`];
      const replaced = await Promise.all(texts.map((text) => kept.storage.replaceCheckpoint(before, bytes(text))));
      expect(replaced.filter(Boolean)).toHaveLength(1);
      expect(Buffer.from((await kept.storage.checkpoint()).bytes).toString()).toBe(texts[replaced.indexOf(true)]);
    }
  });

  test("keeps what was added", async () => {
    await kept.storage.add(TILE, bytes("abc"));
    expect(Buffer.from(await kept.storage.read(TILE)).toString()).toBe("abc");
  });

  test("takes the same bytes twice", async () => {
    await kept.storage.add(TILE, bytes("abc"));
    await kept.storage.add(TILE, bytes("abc"));
    expect(Buffer.from(await kept.storage.read(TILE)).toString()).toBe("abc");
  });

  test("fails when other bytes were added there, and leaves them", async () => {
    await kept.storage.add(TILE, bytes("abc"));
    await expect(kept.storage.add(TILE, bytes("abd"))).rejects.toMatchObject({
      name: "LogForked",
      message: `${kept.at}${TILE} was written with other bytes: the log has forked`,
    });
    expect(Buffer.from(await kept.storage.read(TILE)).toString()).toBe("abc");
  });

  test("fails when what was added is gone", async () => {
    await kept.storage.add(TILE, bytes("abc"));
    kept.set(TILE, undefined);
    await expect(kept.storage.read(TILE)).rejects.toMatchObject({
      name: "LogForked",
      message: `${kept.at}${TILE} is gone`,
    });
  });

  test("replaces the checkpoint that was read", async () => {
    expect(await kept.storage.replaceCheckpoint(undefined, bytes("1"))).toBe(true);
    const first = await kept.storage.checkpoint();
    expect(await kept.storage.replaceCheckpoint(first, bytes("2"))).toBe(true);
    expect(Buffer.from((await kept.storage.checkpoint()).bytes).toString()).toBe("2");
  });

  test("leaves a checkpoint that is another than was read", async () => {
    await kept.storage.replaceCheckpoint(undefined, bytes("1"));
    const first = await kept.storage.checkpoint();
    expect(await kept.storage.replaceCheckpoint(undefined, bytes("x"))).toBe(false);
    kept.set("checkpoint", "2");
    expect(await kept.storage.replaceCheckpoint(first, bytes("x"))).toBe(false);
    expect(Buffer.from((await kept.storage.checkpoint()).bytes).toString()).toBe("2");
  });

  test("fails when the checkpoint is gone", async () => {
    await expect(kept.storage.checkpoint()).rejects.toMatchObject({
      name: "LogForked",
      message: `${kept.at}checkpoint is gone`,
    });
  });

  test("fails when the checkpoint that is replaced is gone", async () => {
    const before = { bytes: bytes("1"), tag: '"x"' };
    await expect(kept.storage.replaceCheckpoint(before, bytes("2"))).rejects.toMatchObject({
      name: "LogForked",
      message: `${kept.at}checkpoint is gone`,
    });
  });

  test("of many that add other bytes at one path exactly one does", async () => {
    const all = Array.from({ length: 8 }, (_, number) => kept.storage.add(TILE, bytes(`${number}`)));
    const done = (await Promise.allSettled(all)).filter(({ status }) => status === "fulfilled");
    expect(done).toHaveLength(1);
  });
});

describe("a folder", () => {
  test("has no file that is not whole, and none that is left over", async () => {
    const at = join(folder.path, "whole");
    const storage = new FolderLog(at);
    await storage.add(TILE, bytes("abc"));
    await storage.add(TILE, bytes("abc"));
    await storage.replaceCheckpoint(undefined, bytes("1"));
    await storage.replaceCheckpoint(await storage.checkpoint(), bytes("2"));
    expect(readdirSync(at, { recursive: true }).sort()).toEqual([
      "checkpoint",
      "tile",
      "tile/0",
      "tile/0/x001",
      "tile/0/x001/000.p",
      "tile/0/x001/000.p/3",
    ]);
  });

  test("fails when nothing can be written there", async () => {
    const at = join(folder.path, "taken");
    writeFileSync(at, "a file");
    await expect(new FolderLog(at).add(TILE, bytes("abc"))).rejects.toMatchObject({
      name: "LogUnavailable",
      message: expect.stringContaining(`the log's file ${TILE} in ${at} failed: EEXIST`),
    });
    expect(existsSync(join(at, TILE))).toBe(false);
  });
});

describe("a bucket", () => {
  let bucket: FakeBucket;
  let storage: S3Log;
  beforeEach(() => {
    bucket = new FakeBucket();
    storage = new S3Log({ client: bucket.client, bucket: "audit", prefix: "log/" });
  });
  const fails = (name: string, status: number) => (): void => {
    throw Object.assign(new Error("as S3 says it"), { name, $metadata: { httpStatusCode: status } });
  };

  test("writes each object under a condition, with the type that the specification asks for", async () => {
    await storage.add(TILE, bytes("abc"));
    await storage.replaceCheckpoint(undefined, bytes("1"));
    await storage.replaceCheckpoint(await storage.checkpoint(), bytes("2"));
    expect(bucket.puts.map(({ Body: _, ...put }) => put)).toEqual([
      { Bucket: "audit", Key: `log/${TILE}`, ContentType: "application/octet-stream", IfNoneMatch: "*" },
      { Bucket: "audit", Key: "log/checkpoint", ContentType: "text/plain; charset=utf-8", IfNoneMatch: "*" },
      {
        Bucket: "audit",
        Key: "log/checkpoint",
        ContentType: "text/plain; charset=utf-8",
        IfMatch: '"c4ca4238a0b923820dcc509a6f75849b"',
      },
    ]);
  });

  test("takes an object that was written though the answer was lost", async () => {
    bucket.after = () => {
      bucket.after = () => undefined;
      throw new Error("no answer");
    };
    await expect(storage.add(TILE, bytes("abc"))).rejects.toMatchObject({ name: "LogUnavailable" });
    await storage.add(TILE, bytes("abc"));
  });

  test("fails where two writes meet, and takes it for no fork: of neither is it known whether it was carried out", async () => {
    bucket.before = (command) => {
      if (command instanceof PutObjectCommand) fails("ConditionalRequestConflict", 409)();
    };
    const unknown = { name: "LogUnavailable", message: expect.stringContaining("ConditionalRequestConflict") };
    await expect(storage.add(TILE, bytes("abc"))).rejects.toMatchObject(unknown);
    await expect(storage.replaceCheckpoint(undefined, bytes("1"))).rejects.toMatchObject(unknown);
    bucket.before = () => undefined;
    await storage.add(TILE, bytes("abc"));
    expect(await storage.replaceCheckpoint(undefined, bytes("1"))).toBe(true);
  });

  test("fails when S3 allows neither reading nor writing", async () => {
    bucket.before = fails("AccessDenied", 403);
    await expect(storage.add(TILE, bytes("a"))).rejects.toMatchObject({
      name: "LogUnavailable",
      message: `cannot write s3://audit/log/${TILE}: AccessDenied: as S3 says it`,
    });
    await expect(storage.checkpoint()).rejects.toMatchObject({
      name: "LogUnavailable",
      message: "cannot read s3://audit/log/checkpoint: AccessDenied: as S3 says it",
    });
  });
});
