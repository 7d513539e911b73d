import { mkdtempSync, rmSync } from "node:fs";
import { createServer, request as ask, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuditLogConfig } from "../../../runtime/exchange/audit-log-config";
import { succeed } from "../harness/process";
import { Skipped } from "../harness/suite";
import type { LogWorld } from "./log-world";

/** A log's storage that takes no more, until it has room again */
export interface FullStorage {
  readonly storage: AuditLogConfig["storage"];
  /** What the process says of it */
  readonly because: readonly RegExp[];
  /** Let it be full */
  fill(): Promise<void>;
  makeRoom(): Promise<void>;
  /** The log's files in a folder */
  copy(): Promise<string>;
  stop(): Promise<void>;
}

const [FULL, ROOMY] = ["96k", "64m"];

/** A folder on a disk of its own, in memory, which takes so many bytes */
export async function fullDisk(): Promise<FullStorage> {
  if (process.getuid?.() !== 0) throw new Skipped("a disk of its own is mounted by root alone");
  const folder = mkdtempSync(join(tmpdir(), "ambit-e2e-full-"));
  await succeed("mount", ["-t", "tmpfs", "-o", `size=${FULL}`, "tmpfs", folder]);
  return {
    storage: { folder: join(folder, "log") } as AuditLogConfig["storage"],
    because: [/ENOSPC/],
    fill: () => Promise.resolve(),
    makeRoom: async () => void (await succeed("mount", ["-o", `remount,size=${ROOMY}`, folder])),
    copy: () => Promise.resolve(join(folder, "log")),
    stop: async () => {
      await succeed("umount", [folder]);
      rmSync(folder, { recursive: true });
    },
  };
}

/** How S3 says that it takes nothing: a quota of another vendor's S3, too many requests, and a right that was taken away */
const REFUSALS = [
  [507, "InsufficientStorage"],
  [503, "SlowDown"],
  [403, "AccessDenied"],
] as const;

/** A bucket behind an S3 that refuses to write, in one way after the other */
export async function refusingBucket(world: LogWorld): Promise<FullStorage> {
  const { s3 } = world.log.config.storage;
  if (s3?.endpoint === undefined) throw new Error("the log is in no bucket of an emulator");
  const to = s3.endpoint;
  let refused: number | undefined;
  const server: Server = createServer((asked, answer) => {
    if (asked.method === "PUT" && refused !== undefined) {
      const [status, code] = REFUSALS[refused++ % REFUSALS.length] as (typeof REFUSALS)[number];
      asked.resume().once("end", () => {
        answer.writeHead(status, { "content-type": "application/xml", connection: "close" });
        answer.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
      });
      return;
    }
    const { method, url, headers } = asked;
    const passed = ask(new URL(to), { method, path: url, headers }, (from) => {
      answer.writeHead(from.statusCode ?? 502, from.headers);
      from.pipe(answer);
    });
    passed.on("error", () => answer.destroy());
    asked.pipe(passed);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    storage: { s3: { ...s3, endpoint } },
    because: [/InsufficientStorage|SlowDown|AccessDenied/],
    fill: () => Promise.resolve(void (refused = 0)),
    makeRoom: () => Promise.resolve(void (refused = undefined)),
    copy: () => world.log.copy(),
    stop: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
