import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { GRPC_VARIABLES } from "../../../constructs/spire/private/grpc-variables";
import { goPrograms } from "../../e2e/harness/go-program";
import { succeed } from "../../e2e/harness/process";
import { spirePrograms } from "../../e2e/spire/programs";
import { renderSpire, withPluginData } from "../../e2e/spire/rendered-spire";
import { type SpireServer, startServer } from "../../e2e/spire/spire";
import type { ServerConfig } from "../../e2e/spire/spire-config";
import { median } from "../comparison";
import { machineName } from "../machine";

const CLIENT = join(__dirname, "client");
/** For the client to attest its agents and to warm up */
const START_SECONDS = 120;

/** Each an agent of its own */
export const CALLERS = 50;
/** What the project promises */
export const LIMITS = { throughput: 1.5, p99: 3 } as const;

export interface Load {
  readonly perSecond: number;
  readonly p99Milliseconds: number;
}

export interface OpenLoad extends Load {
  /** By how much the client itself was late to send, which is in the time above: a busy machine shows here */
  readonly lateP99Milliseconds: number;
}

/** One round: the same server, asked in three ways one after the other */
export interface Round {
  readonly serial: Load;
  readonly concurrent: Load;
  /** At half the rate of `concurrent` */
  readonly open: OpenLoad;
}

export interface SpireResult {
  readonly machine: string;
  /** Processes that waited for a processor before the bench began (one minute's average) */
  readonly busy: number;
  readonly rounds: readonly Round[];
  /** Throughput of many at once over one at a time, per round */
  readonly throughput: readonly number[];
  /** p99 at half that rate over p99 of one at a time, per round */
  readonly p99: readonly number[];
  readonly isAccepted: boolean;
}

export interface SpireBenchProps {
  readonly rounds: number;
  readonly seconds: number;
  readonly progress: (text: string) => void;
}

/** Issuance of X.509-SVIDs by a real server with the rendered configuration of `SpireServer.embedded`. */
export async function spireBench({ rounds, seconds, progress }: SpireBenchProps): Promise<SpireResult> {
  const busy = loadavg()[0] ?? 0;
  progress("starting SPIRE");
  const programs = await spirePrograms();
  const { issuance } = await goPrograms({ name: "issuance", module: CLIENT, packages: { issuance: "." } });
  const folder = mkdtempSync(join(tmpdir(), "ambit-bench-"));
  const tidy = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", tidy);
  let server: SpireServer | undefined;
  try {
    const rendered = renderSpire();
    server = await startServer(programs, { config: configHere(rendered.server, folder), folder, env: GRPC_VARIABLES });
    progress(`${rounds} rounds of three loads of ${seconds} s each`);
    const options = {
      socket: server.socket,
      address: `127.0.0.1:${server.port}`,
      "trust-domain": rendered.trustDomain,
      agents: CALLERS,
      rounds,
      seconds,
    };
    const args = Object.entries(options).map(([name, value]) => `-${name}=${value}`);
    const { stdout } = await succeed(issuance, args, { timeoutSeconds: START_SECONDS + rounds * 6 * seconds });
    return resultOf(JSON.parse(stdout) as Round[], busy);
  } finally {
    await server?.process.stop();
    tidy();
    process.off("exit", tidy);
  }
}

function resultOf(rounds: readonly Round[], busy: number): SpireResult {
  const throughput = rounds.map(({ serial, concurrent }) => concurrent.perSecond / serial.perSecond);
  const p99 = rounds.map(({ serial, open }) => open.p99Milliseconds / serial.p99Milliseconds);
  return {
    machine: machineName(),
    busy,
    rounds,
    throughput,
    p99,
    isAccepted: median(throughput) >= LIMITS.throughput && median(p99) <= LIMITS.p99,
  };
}

/**
 * As rendered, but for paths and addresses, and for what the bench needs: no rate limits, agents that
 * attest by join tokens as there is no cluster, none to publish to, and a log in a file, audit records included.
 */
function configHere({ server, plugins, ...rest }: ServerConfig, folder: string): ServerConfig {
  const data = join(folder, "data");
  const { BundlePublisher: _, ...others } = plugins;
  const withStore = withPluginData(others, "DataStore", "sql", (store) => ({
    ...store,
    connection_string: join(data, "datastore.sqlite3"),
  }));
  const withKeys = withPluginData(withStore, "KeyManager", "disk", () => ({ keys_path: join(data, "keys.json") }));
  return {
    ...rest,
    server: {
      ...server,
      ratelimit: { ...(server.ratelimit as object), signing: false, attestation: false },
      log_file: join(folder, "server.log"),
    },
    plugins: { ...withKeys, NodeAttestor: [{ join_token: { plugin_data: {} } }] },
  };
}
