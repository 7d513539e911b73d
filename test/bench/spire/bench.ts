import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { spirePrograms } from "../../e2e/spire/programs";
import { renderSpire, withPluginData } from "../../e2e/spire/rendered-spire";
import { type SpireServer, startServer } from "../../e2e/spire/spire";
import type { ServerConfig } from "../../e2e/spire/spire-config";
import { median } from "../comparison";
import { Issuer } from "./issuer";
import { closedLoop, type Load, type OpenLoad, openLoop } from "./load";

export const CALLERS = 50;
/** What the project promises */
export const LIMITS = { throughput: 1.5, p99: 3 } as const;

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
  const folder = mkdtempSync(join(tmpdir(), "ambit-bench-"));
  const tidy = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", tidy);
  let server: SpireServer | undefined;
  let issuer: Issuer | undefined;
  try {
    const rendered = renderSpire();
    server = await startServer(programs, { config: configHere(rendered.server, folder), folder });
    issuer = await Issuer.of(server, rendered.trustDomain);
    const asked = issuer;
    const ask = (): Promise<void> => asked.issue();
    progress("warming up");
    await closedLoop(ask, CALLERS, seconds);
    const measured: Round[] = [];
    for (let round = 1; round <= rounds; round++) {
      progress(`round ${round} of ${rounds}`);
      measured.push(await oneRound(ask, seconds, round % 2 === 1));
    }
    return resultOf(measured, busy);
  } finally {
    issuer?.close();
    await server?.process.stop();
    tidy();
    process.off("exit", tidy);
  }
}

/** Each way goes first in every other round: the second finds a warmer, and perhaps slower, machine. */
async function oneRound(ask: () => Promise<void>, seconds: number, serialFirst: boolean): Promise<Round> {
  const one = (): Promise<Load> => closedLoop(ask, 1, seconds);
  const many = (): Promise<Load> => closedLoop(ask, CALLERS, seconds);
  const first = await (serialFirst ? one() : many());
  const second = await (serialFirst ? many() : one());
  const [serial, concurrent] = serialFirst ? [first, second] : [second, first];
  return { serial, concurrent, open: await openLoop(ask, concurrent.perSecond / 2, seconds) };
}

function resultOf(rounds: readonly Round[], busy: number): SpireResult {
  const throughput = rounds.map(({ serial, concurrent }) => concurrent.perSecond / serial.perSecond);
  const p99 = rounds.map(({ serial, open }) => open.p99Milliseconds / serial.p99Milliseconds);
  return {
    machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown CPU"}, Node ${process.version}`,
    busy,
    rounds,
    throughput,
    p99,
    isAccepted: median(throughput) >= LIMITS.throughput && median(p99) <= LIMITS.p99,
  };
}

/**
 * As rendered, but for paths and addresses, and for what the bench needs: no limit of signatures, an agent that attests
 * by a join token as there is no cluster, none to publish to, and a log in a file, audit records included.
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
      ratelimit: { ...(server.ratelimit as object), signing: false },
      log_file: join(folder, "server.log"),
    },
    plugins: { ...withKeys, NodeAttestor: [{ join_token: { plugin_data: {} } }] },
  };
}
