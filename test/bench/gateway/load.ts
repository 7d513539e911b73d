import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";

/** Where the requests of one side go, and whose processor time counts */
export interface Side {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Asked for before each load */
  readonly headers: () => Promise<Readonly<Record<string, string>>>;
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
/** Of calls that come by themselves: more than are ever under way at half load */
const OPEN_CONNECTIONS = 64;
/** Of Linux: clock ticks of /proc are hundredths of a second. */
const TICK_MICROSECONDS = 10_000;
/** For what is told behind the answers */
const SETTLING_MILLISECONDS = 200;

/** Closed loop: each caller waits for its answer before it asks again. */
export function load(side: Side, requests: number, callers = CALLERS): Promise<Load> {
  return measured(side, callers, async (ask) => {
    let left = requests;
    const caller = async (): Promise<void> => {
      for (; left > 0;) {
        left -= 1;
        await ask(performance.now());
      }
    };
    await Promise.all(Array.from({ length: callers }, caller));
  });
}

/** Open loop: requests come at their times, whether those before them are answered or not; each waits from its time on. */
export function openLoad(
  side: Side,
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
): Promise<Load> {
  return measured(side, OPEN_CONNECTIONS, async (ask) => {
    const [begin, requests] = [performance.now(), perSecond * seconds];
    const asked: Promise<void>[] = [];
    while (asked.length < requests) {
      for (;;) {
        const due = begin + (asked.length / perSecond) * 1_000;
        if (asked.length >= requests || due > performance.now()) break;
        asked.push(ask(due));
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await Promise.all(asked);
  });
}

/** Asks once, and waits for the answer; what counts as its beginning is told. */
type Ask = (since: number) => Promise<void>;

async function measured(side: Side, connections: number, run: (ask: Ask) => Promise<void>): Promise<Load> {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: connections,
    ...side.tls,
    checkServerIdentity: () => undefined,
  });
  const headers = await side.headers();
  const times: number[] = [];
  // Handshakes are no part of what is measured.
  const opening = Array.from({ length: connections }, () => statusOf(side, headers, agent));
  let failed = (await Promise.all(opening)).filter((status) => status !== 200).length;
  await new Promise((resolve) => setTimeout(resolve, SETTLING_MILLISECONDS));
  const before = side.pids.map(ticksOf);
  const start = performance.now();
  await run(async (since) => {
    if ((await statusOf(side, headers, agent)) !== 200) failed += 1;
    times.push(performance.now() - since);
  });
  const seconds = (performance.now() - start) / 1_000;
  agent.destroy();
  await new Promise((resolve) => setTimeout(resolve, SETTLING_MILLISECONDS));
  const ticks = side.pids.reduce((sum, pid, index) => sum + ticksOf(pid) - (before[index] ?? 0), 0);
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? NaN;
  return {
    answers: times.length,
    failed,
    seconds,
    cpuMicroseconds: (ticks * TICK_MICROSECONDS) / times.length,
    p50Milliseconds: at(0.5),
    p99Milliseconds: at(0.99),
  };
}

/** 0 where there is no answer */
function statusOf(
  { host, port, path, servername }: Side,
  headers: Readonly<Record<string, string>>,
  agent: Agent,
): Promise<number> {
  return new Promise((resolve) => {
    const sent = request({ host, port, path, headers, agent, ...(servername !== undefined && { servername }) });
    sent.on("response", (response) => {
      response.resume();
      response.on("end", () => resolve(response.complete ? (response.statusCode ?? 0) : 0));
      response.on("error", () => resolve(0));
    });
    sent.on("error", () => resolve(0));
    sent.end();
  });
}

/** Memory that a process holds */
export function residentBytes(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1_024;
}

function ticksOf(pid: number): number {
  const [, rest = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  const fields = rest.split(" ");
  return Number(fields[11]) + Number(fields[12]);
}
