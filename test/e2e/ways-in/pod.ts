import { randomInt } from "node:crypto";
import { join, resolve } from "node:path";
import { freePort } from "../../../cli/dev/free-port";
import type { PushedTo } from "../../../domain/pushes";
import { runTag } from "../../../runtime/run-tag";
import type { GatewayWorld } from "../gateway/gateway-world";
import { isListening, serve, type Server } from "../harness/server";
import type { Suite } from "../harness/suite";

const ROOT = resolve(__dirname, "../../..");
const LISTENING = /"event":"companion\.listening","url":"(http:[^"]+)"/;
const HELD = /"event":"identity\.changed"/;
const START_SECONDS = 120;

/** Where a companion listens for the gateway, in every pod */
export const INBOUND_PORT = 7_465;

/** Of a pod on this machine's loopback, where all of them listen at one port */
export function podAddress(): string {
  return ["127", randomInt(1, 255), randomInt(256), randomInt(1, 255)].join(".");
}

/** By which a client joins the run that the pod has */
export const referenceOf = (run: string, address: string): string => `${run}.${runTag(run, address)}`;

export interface PodOptions {
  /** Program of the companion, by which SPIRE knows whose it is */
  readonly companion: string;
  /** Ways in by their name: of A2A with its path, of HTTP without one */
  readonly ways: Readonly<Record<string, string | undefined>>;
  /** Where those of A2A push, by their name. @default - none push */
  readonly pushes?: Readonly<Record<string, PushedTo>>;
  /** The agent's own code */
  readonly code: AgentCode;
  /** Of the pod: each has its own */
  readonly address: string;
  readonly concurrency?: "many-users" | "one-user";
  /** For which the companion serves on after SIGTERM. @default 0 */
  readonly drainSeconds?: number;
}

/**
 * The companion of a pod
 *
 * @param ports of the agent's own code, and of the companion for it, on the pod's loopback
 * @param main the bundle of its image; undefined for its source
 */
export async function servingCompanion(
  suite: Suite,
  at: GatewayWorld,
  {
    address,
    companion: program,
    ways: served,
    pushes = {},
    concurrency = "many-users",
    drainSeconds = 0,
  }: Omit<PodOptions, "code">,
  ports: { readonly agent: number; readonly own: number },
  main?: string,
): Promise<Server> {
  const ways = Object.fromEntries(
    Object.entries(served).map(([name, a2a]) => [name, { port: ports.agent, a2a, pushes: pushes[name] }]),
  );
  const inbound = { listen: `${address}:${INBOUND_PORT}`, ways, concurrency, address };
  const companion = await serve({
    name: "the companion",
    command: program,
    args: main === undefined ? ["-r", "@swc-node/register", join(ROOT, "runtime/companion/main.ts")] : [main],
    cwd: ROOT,
    env: {
      ...at.companionEnvironment(),
      AMBIT_LISTEN: `http://127.0.0.1:${ports.own}`,
      AMBIT_INBOUND: JSON.stringify(inbound),
      AMBIT_DRAIN_SECONDS: String(drainSeconds),
    },
    ready: (said) => LISTENING.test(said) && HELD.test(said),
    startSeconds: START_SECONDS,
  });
  suite.afterwards(() => companion.kill());
  return companion;
}

/** A program that listens at `PORT` of the loopback, and asks at `AMBIT_COMPANION_URL` */
export interface AgentCode {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A pod of an agent: its own code, and the companion beside it */
export class Pod {
  private constructor(
    public readonly address: string,
    public readonly companion: Server,
    public readonly code: Server,
    /** Of the companion, on the pod's loopback */
    public readonly url: string,
    /** Of the agent's own code, on the pod's loopback */
    public readonly port: number,
  ) {}

  /** Both start at the same time. */
  public static async start(suite: Suite, at: GatewayWorld, options: PodOptions): Promise<Pod> {
    const { address, code } = options;
    const [port, own] = [await freePort(), await freePort()];
    const agent = serve({
      ...code,
      env: { ...code.env, AMBIT_COMPANION_URL: `http://127.0.0.1:${own}`, PORT: String(port) },
      ready: () => isListening("127.0.0.1", port),
      startSeconds: START_SECONDS,
    });
    const companion = servingCompanion(suite, at, options, { agent: port, own });
    const started = await Promise.all([companion, agent]);
    suite.afterwards(() => started[1].kill());
    return new Pod(address, ...started, `http://127.0.0.1:${own}`, port);
  }
}
