import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ExchangeConfig } from "../../../runtime/exchange/config";
import { serve, type Server } from "../harness/server";

const ROOT = resolve(__dirname, "../../..");
const MAIN = join(ROOT, "runtime/exchange/main.ts");
const SHIFTED_CLOCK = join(__dirname, "shifted-clock.ts");
const STARTED = /"event":"exchange\.started"[^\n]*"port":(\d+)/;
const START_SECONDS = 180;

export interface RealExchangeProps {
  /** Node, or a copy of it that SPIRE tells from others by its path */
  readonly program: string;
  readonly config: ExchangeConfig;
  /** For its configuration */
  readonly folder: string;
  readonly name: string;
  /** Address of what stands for KMS */
  readonly kms: string;
  /** Seconds by which its clock is ahead of all other clocks */
  readonly ahead: number;
  /**
   * The bundle of its image
   *
   * @default - its source
   */
  readonly main?: string | undefined;
  /**
   * Loaded before its source, with its environment
   *
   * @default - nothing
   */
  readonly preload?: { readonly path: string; readonly environment: Readonly<Record<string, string>> } | undefined;
}

/** The exchange as a process of its own, configured by a file */
export class RealExchange {
  private constructor(
    public readonly process: Server,
    public readonly at: { readonly host: string; readonly port: number },
  ) {}

  public static async start(props: RealExchangeProps): Promise<RealExchange> {
    const { program, config, folder, name, kms, ahead, main, preload } = props;
    const source = [
      "-r",
      "@swc-node/register",
      ...(ahead === 0 ? [] : ["-r", SHIFTED_CLOCK]),
      ...(preload ? ["-r", preload.path] : []),
      MAIN,
    ];
    const file = join(folder, `${name}.json`);
    writeFileSync(file, JSON.stringify(config));
    const own = Object.keys(process.env).filter((variable) => variable.startsWith("AWS_"));
    const server = await serve({
      name: `the exchange ${name}`,
      command: program,
      args: main === undefined ? source : [main],
      cwd: ROOT,
      env: {
        ...Object.fromEntries(own.map((variable) => [variable, undefined])),
        AMBIT_CONFIG: file,
        CLOCK_AHEAD_SECONDS: `${ahead}`,
        AWS_ACCESS_KEY_ID: "exchange",
        AWS_SECRET_ACCESS_KEY: "exchange",
        AWS_ENDPOINT_URL_KMS: kms,
        ...preload?.environment,
      },
      ready: (said) => STARTED.test(said),
      startSeconds: START_SECONDS,
    });
    const port = Number(STARTED.exec(server.said())?.[1]);
    return new RealExchange(server, { host: config.listen.host, port });
  }

  /** What it logged of this event, the oldest first */
  public logged(event: string): readonly Readonly<Record<string, unknown>>[] {
    const lines = this.process.said().split("\n");
    const all = lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as Record<string, unknown>);
    return all.filter((line) => line.event === event);
  }

  public stop(): Promise<void> {
    return this.process.stop();
  }
}
