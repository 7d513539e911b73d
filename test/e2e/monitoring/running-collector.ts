import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../../cli/dev/free-port";
import type { CollectorConfig } from "../../support/telemetry/cloudwatch";
import { isListening, serve, type Server } from "../harness/server";
import type { Suite } from "../harness/suite";

/** The whole of what is configured, as far as it says where something is */
interface Places extends CollectorConfig {
  readonly receivers: { readonly otlp: { readonly protocols: { readonly http: object } } };
  readonly exporters: CollectorConfig["exporters"] & { readonly awsxray: object };
}

export interface CollectorProps {
  readonly program: string;
  /** As it is rendered */
  readonly config: CollectorConfig;
  /** Where its file lies */
  readonly folder: string;
  /** Address of what stands for AWS */
  readonly aws: string;
}

/** A real collector with our configuration, of which only the places are others: a port of the loopback, and what stands for AWS */
export class RunningCollector {
  private constructor(
    private readonly process: Server,
    /** Origin to which parts send */
    public readonly address: string,
  ) {}

  public static async start(suite: Suite, { program, config, folder, aws }: CollectorProps): Promise<RunningCollector> {
    const port = await freePort();
    const file = join(folder, "collector.json");
    writeFileSync(file, JSON.stringify(placed(config as Places, port, aws)));
    const process = await serve({
      name: "the collector",
      command: program,
      args: ["--config", file],
      env: { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", AWS_EC2_METADATA_DISABLED: "true" },
      ready: () => isListening("127.0.0.1", port),
    });
    suite.afterwards(() => process.kill());
    return new RunningCollector(process, `http://127.0.0.1:${port}`);
  }

  /** It sends what it holds, and ends. */
  public stop(): Promise<void> {
    return this.process.stop();
  }

  public said(): string {
    return this.process.said();
  }
}

function placed(config: Places, port: number, endpoint: string): object {
  const { otlp } = config.receivers;
  const http = { ...otlp.protocols.http, endpoint: `127.0.0.1:${port}` };
  const { awsemf, awsxray } = config.exporters;
  return {
    ...config,
    receivers: { otlp: { ...otlp, protocols: { http } } },
    exporters: { awsemf: { ...awsemf, endpoint }, awsxray: { ...awsxray, endpoint } },
  };
}
