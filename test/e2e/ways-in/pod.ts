import { randomInt } from "node:crypto";
import { join, resolve } from "node:path";
import type { GatewayWorld } from "../gateway/gateway-world";
import type { NpmPrograms } from "../harness/npm-node";
import { freePort, serve, type Server } from "../harness/server";
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

export interface PodOptions {
  /** Program of the companion, by which SPIRE knows whose it is */
  readonly companion: string;
  /** Names of the ways in */
  readonly ways: readonly string[];
  /** Of the pod: each has its own */
  readonly address: string;
  readonly concurrency?: "many-users" | "one-user";
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
  { address, companion: program, ways: names, concurrency = "many-users" }: PodOptions,
  ports: { readonly agent: number; readonly own: number },
  main?: string,
): Promise<Server> {
  const ways = Object.fromEntries(names.map((name) => [name, { port: ports.agent }]));
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
    },
    ready: (said) => LISTENING.test(said) && HELD.test(said),
    startSeconds: START_SECONDS,
  });
  suite.afterwards(() => companion.kill());
  return companion;
}

/** A pod of an agent: the desk as its own code, and the companion beside it */
export class Pod {
  private constructor(
    public readonly address: string,
    public readonly companion: Server,
    public readonly desk: Server,
    /** Of the companion, on the pod's loopback */
    public readonly url: string,
    /** Of the desk's own code, on the pod's loopback */
    public readonly port: number,
  ) {}

  public static async start(suite: Suite, at: GatewayWorld, web: NpmPrograms, options: PodOptions): Promise<Pod> {
    const { address } = options;
    const [port, own] = [await freePort(), await freePort()];
    const companion = await servingCompanion(suite, at, options, { agent: port, own });
    const desk = await serve({
      name: "the desk",
      command: web.node,
      args: [join(__dirname, "desk.mjs")],
      env: {
        AMBIT_COMPANION_URL: `http://127.0.0.1:${own}`,
        PORT: String(port),
        WEB_MODULES: `${web.modules}/`,
      },
      ready: (said) => said.includes('"event":"desk.listening"'),
      startSeconds: START_SECONDS,
    });
    suite.afterwards(() => desk.kill());
    return new Pod(address, companion, desk, `http://127.0.0.1:${own}`, port);
  }
}
