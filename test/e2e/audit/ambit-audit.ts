import { join, resolve } from "node:path";
import { REGION } from "../exchange/state-table";
import { run } from "../harness/process";

const ROOT = resolve(__dirname, "../../..");
const SECONDS = 120;

/** What a command said */
export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `ambit audit`, as who verifies a log enters it: with the S3 of an account, and with nothing that the exchange has */
export class AmbitAudit {
  /**
   * @param url of S3
   * @param key the log's verifier key
   * @param cache folder in which it remembers
   */
  constructor(
    private readonly url: string,
    private readonly key: string,
    private readonly cache: string,
  ) {}

  public verify(log: string, ...more: readonly string[]): Promise<Said> {
    return this.runs("verify", log, ...more);
  }

  public prove(log: string, ...more: readonly string[]): Promise<Said> {
    return this.runs("prove", log, "--cache", this.cache, ...more);
  }

  public tail(log: string, ...more: readonly string[]): Promise<Said> {
    return this.runs("tail", log, ...more);
  }

  public trace(txn: string, log: string, ...more: readonly string[]): Promise<Said> {
    return this.runs("trace", txn, "--log", log, "--cache", this.cache, ...more);
  }

  private async runs(...words: readonly string[]): Promise<Said> {
    const args = ["-r", "@swc-node/register", join(ROOT, "cli/ambit.ts"), "audit", ...words, "--key", this.key];
    const env = {
      AWS_ENDPOINT_URL: this.url,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_PROFILE: undefined,
    };
    return run(process.execPath, args, { cwd: ROOT, env, timeoutSeconds: SECONDS });
  }
}
