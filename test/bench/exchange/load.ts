import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { goPrograms } from "../../e2e/harness/go-program";
import { succeed } from "../../e2e/harness/process";
import { CALLERS } from "./callers";
import type { Processors } from "./processors";

const CLIENT = join(__dirname, "client");
/** For a warm-up on a busy machine */
const PATIENCE_SECONDS = 1_800;

/** Paths of PEM for mutual TLS: the trust bundle, and the agent's own SVID */
export interface ClientTls {
  readonly authorities: string;
  readonly certificate: string;
  readonly key: string;
}

/** What the client sends where */
export interface Requests {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** One for each caller */
  readonly bodies: readonly string[];
  /** The server's process, whose processor time is counted */
  readonly pid: number;
  readonly tls: ClientTls;
}

/** What was measured of one load */
export interface Load {
  readonly answers: number;
  readonly seconds: number;
  /** Of all threads of the server's process */
  readonly cpuSeconds: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
}

/** Either so many requests, or for so many seconds */
export type Until = ({ readonly requests: number } | { readonly seconds: number }) & {
  /** @default CALLERS */
  readonly callers?: number;
};

/** The client of all sides, a program in Go */
export class LoadClient {
  private jobs = 0;

  private constructor(
    private readonly program: string,
    private readonly folder: string,
    private readonly on: Processors,
  ) {}

  /** @param folder for what it is told to do */
  public static async in(folder: string, on: Processors): Promise<LoadClient> {
    const { exchanges } = await goPrograms({ name: "exchanges", module: CLIENT, packages: { exchanges: "." } });
    return new LoadClient(exchanges, folder, on);
  }

  /** @throws Error with the answer where one is not a token */
  public async load({ tls, ...requests }: Requests, until: Until): Promise<Load> {
    const job = join(this.folder, `job-${(this.jobs += 1)}.json`);
    writeFileSync(job, JSON.stringify({ callers: CALLERS, ...requests, ...tls, ...until, expected: '"access_token"' }));
    const [command, args] = this.on.client(this.program, [job]);
    const { stdout } = await succeed(command, args, { timeoutSeconds: PATIENCE_SECONDS });
    return JSON.parse(stdout) as Load;
  }
}

/** Exchanges per second of processor time */
export function perCore({ answers, cpuSeconds }: Load): number {
  return answers / cpuSeconds;
}

/** Microseconds of processor time per exchange */
export function cpuMicroseconds({ answers, cpuSeconds }: Load): number {
  return (cpuSeconds / answers) * 1e6;
}
