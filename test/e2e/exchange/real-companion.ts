import { join, resolve } from "node:path";
import { serve, type Server } from "../harness/server";
import type { RealExchange } from "./real-exchange";

const ROOT = resolve(__dirname, "../../..");
const MAIN = join(ROOT, "runtime/companion/main.ts");
const LISTENING = /"event":"companion\.listening","url":"(http:[^"]+)"/;
const HELD = /"event":"identity\.changed"/;
const START_SECONDS = 120;

export interface RealCompanionProps {
  /** A copy of Node that SPIRE tells from others by its path */
  readonly program: string;
  /** Of the Workload API */
  readonly socket: string;
  readonly exchange: RealExchange;
}

export interface Told {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
  /** Of the reasons why it was refused */
  readonly codes: readonly string[];
}

/** The companion as a process of its own, identified by the Workload API */
export class RealCompanion {
  private constructor(
    public readonly process: Server,
    private readonly url: string,
  ) {}

  public static async start({ program, socket, exchange }: RealCompanionProps): Promise<RealCompanion> {
    const { host, port } = exchange.at;
    const server = await serve({
      name: "the companion",
      command: program,
      args: ["-r", "@swc-node/register", MAIN],
      cwd: ROOT,
      env: {
        AMBIT_LISTEN: "http://127.0.0.1:0",
        AMBIT_EXCHANGE_URL: `https://${host}:${port}`,
        SPIFFE_ENDPOINT_SOCKET: `unix://${socket}`,
        AMBIT_SVID_FOLDER: undefined,
        AMBIT_DRAIN_SECONDS: "0",
      },
      ready: (said) => LISTENING.test(said) && HELD.test(said),
      startSeconds: START_SECONDS,
    });
    return new RealCompanion(server, LISTENING.exec(server.said())?.[1] as string);
  }

  public begun(asked: Readonly<Record<string, unknown>>): Promise<Told> {
    const headers = { "content-type": "application/json" };
    return this.told("/v1/runs", { method: "POST", headers, body: JSON.stringify(asked) });
  }

  /** What an SDK of AWS asks for */
  public credentials(task: string): Promise<Told> {
    return this.told(`/v1/tasks/${task}/aws-credentials?start=agent`);
  }

  private async told(path: string, asked: RequestInit = {}): Promise<Told> {
    const answer = await fetch(`${this.url}${path}`, asked);
    const json = (await answer.json()) as Record<string, unknown>;
    const reasons = (json.reasons ?? []) as readonly { readonly code: string }[];
    return { status: answer.status, json, codes: reasons.map(({ code }) => code) };
  }
}
