import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";

/** Where the requests of one side go, and whose processor time counts */
export interface Side {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: { readonly ca: string; readonly cert: string; readonly key: string };
  /** Name of the host in its certificate, where that is looked at */
  readonly servername?: string;
  readonly pids: readonly number[];
}

/** What was measured of one load */
export interface Load {
  readonly answers: number;
  /** Answers that were none of 200 */
  readonly failed: number;
  readonly seconds: number;
  /** Of all processes of the side */
  readonly cpuMicroseconds: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
}

/** Connections of the load */
export const CALLERS = 8;
/** Of Linux: clock ticks of /proc are hundredths of a second. */
const TICK_MICROSECONDS = 10_000;
/** For what is told behind the answers */
const SETTLING_MILLISECONDS = 200;

/** Closed loop: each caller waits for its answer before it asks again. */
export async function load(side: Side, requests: number): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: CALLERS, ...side.tls, checkServerIdentity: () => undefined });
  const times: number[] = [];
  let [left, failed] = [requests, 0];
  const before = side.pids.map(ticksOf);
  const start = performance.now();
  const caller = async (): Promise<void> => {
    for (; left > 0;) {
      left -= 1;
      const asked = performance.now();
      if ((await ask(side, agent)) !== 200) failed += 1;
      times.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  const seconds = (performance.now() - start) / 1_000;
  agent.destroy();
  await new Promise((resolve) => setTimeout(resolve, SETTLING_MILLISECONDS));
  const ticks = side.pids.reduce((sum, pid, index) => sum + ticksOf(pid) - (before[index] ?? 0), 0);
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? NaN;
  return {
    answers: requests,
    failed,
    seconds,
    cpuMicroseconds: (ticks * TICK_MICROSECONDS) / requests,
    p50Milliseconds: at(0.5),
    p99Milliseconds: at(0.99),
  };
}

function ask({ host, port, path, headers, servername }: Side, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ host, port, path, headers, agent, ...(servername !== undefined && { servername }) });
    sent.on("response", (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end();
  });
}

function ticksOf(pid: number): number {
  const [, rest = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  const fields = rest.split(" ");
  return Number(fields[11]) + Number(fields[12]);
}
