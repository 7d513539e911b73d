import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { BACKLOG_BOUNDS, type BacklogBounds } from "../../../runtime/audit/backlog";
import type { AuditLogConfig } from "../../../runtime/exchange/audit-log-config";
import type { WitnessingConfig } from "../../../runtime/exchange/witnessing-config";
import type { StateStore } from "../../../runtime/store/store";
import { createTable, storeAt } from "../exchange/state-table";
import { start } from "../harness/process";
import type { Moto } from "../terraform/moto";
import { LogBucket, type LogKey } from "./log-bucket";
import { RunningLogProcess } from "./running-log-process";

const ROOT = resolve(__dirname, "../../..");
const CREDENTIALS = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };

/** What a process has in place of the world's */
export interface OtherLog {
  readonly storage?: AuditLogConfig["storage"];
  readonly bounds?: BacklogBounds;
}

/** A table and a log, and the processes that write there */
export class LogWorld {
  public readonly store: StateStore;
  /** Of processes that are started from here on */
  public witnessing: WitnessingConfig | undefined;

  private constructor(
    public readonly log: LogBucket,
    private readonly url: string,
    private readonly table: string,
    private readonly folder: string,
  ) {
    this.store = storeAt(url, table);
  }

  /** @param key one of its own where left out */
  public static async start({ url }: Moto, name: string, key?: LogKey): Promise<LogWorld> {
    const folder = mkdtempSync(join(tmpdir(), "ambit-e2e-audit-"));
    await createTable(url, name);
    return new LogWorld(await LogBucket.made(url, name, folder, key), url, name, folder);
  }

  /**
   * @param most acts that it writes
   * @param table another one than the world's, which forks the store
   * @param other storage and bounds @default - the world's log, and an exchange's bounds
   */
  public process(most = Number.MAX_SAFE_INTEGER, table = this.table, other: OtherLog = {}): RunningLogProcess {
    const { storage = this.log.config.storage, bounds = BACKLOG_BOUNDS } = other;
    const script = ["-r", "@swc-node/register", "test/e2e/audit/log-process.ts"];
    const config = JSON.stringify({ ...this.log.config, storage, witnessing: this.witnessing });
    const args = [...script, this.url, table, config, String(most), JSON.stringify(bounds)];
    const env = { ...CREDENTIALS, AWS_ENDPOINT_URL_KMS: this.url };
    return new RunningLogProcess(start(process.execPath, args, { cwd: ROOT, env }));
  }

  public async forkedTable(): Promise<string> {
    const name = `${this.table}-forked`;
    await createTable(this.url, name);
    return name;
  }

  public async stop(): Promise<void> {
    await this.store.close();
    this.log.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
