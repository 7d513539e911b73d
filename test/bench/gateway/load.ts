import * as http from "node:http";
import * as https from "node:https";
import { spentMicroseconds } from "./processes";

/** Where the requests of one side go, and whose processor time counts */
export interface Side {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Asked for before each load */
  readonly headers: () => Promise<Headers>;
  /** What the next request has besides, where they differ */
  readonly next?: () => Headers;
  /** What each request sends, by POST; without it, there is a GET */
  readonly body?: () => string;
  /** What its answers hold; without it, the status says enough */
  readonly answer?: string;
  /** Of a side that speaks TLS */
  readonly tls?: { readonly ca: string; readonly cert?: string; readonly key?: string };
  /** Name of the host in its certificate, where that is looked at */
  readonly servername?: string;
  /** Their children count too. */
  readonly pids: readonly number[];
}

/** What a request needs to know of a side */
export type Reached = Pick<Side, "host" | "path" | "port" | "servername" | "tls">;

export type Headers = Readonly<Record<string, string>>;

/** What was measured of one load */
export interface Load {
  readonly answers: number;
  /** Answers that were none of 200, or did not hold what they should */
  readonly failed: number;
  readonly seconds: number;
  /** Of all processes of the side */
  readonly cpuMicroseconds: number;
  /** Of each of them, in their order */
  readonly byProcess: readonly number[];
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
}

/** Connections of the load */
export const CALLERS = 8;
/** Of calls that come by themselves: more than are ever under way at half load */
const OPEN_CONNECTIONS = 64;
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
  const agent = agentOf(side, connections);
  const headers = await side.headers();
  const isAnswered = async (): Promise<boolean> => {
    const { status, text } = await asked(side, {
      headers: { ...headers, ...side.next?.() },
      body: side.body?.(),
      agent,
    });
    return status === 200 && text.includes(side.answer ?? "");
  };
  const times: number[] = [];
  // Handshakes are no part of what is measured.
  const opening = Array.from({ length: connections }, isAnswered);
  let failed = (await Promise.all(opening)).filter((answered) => !answered).length;
  await new Promise((resolve) => setTimeout(resolve, SETTLING_MILLISECONDS));
  const spent = (): readonly number[] => side.pids.map((pid) => spentMicroseconds([pid]));
  const before = spent();
  const start = performance.now();
  await run(async (since) => {
    if (!(await isAnswered())) failed += 1;
    times.push(performance.now() - since);
  });
  const seconds = (performance.now() - start) / 1_000;
  agent.destroy();
  await new Promise((resolve) => setTimeout(resolve, SETTLING_MILLISECONDS));
  const byProcess = spent().map((after, index) => (after - (before[index] ?? NaN)) / times.length);
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? NaN;
  return {
    answers: times.length,
    failed,
    seconds,
    cpuMicroseconds: byProcess.reduce((sum, one) => sum + one, 0),
    byProcess,
    p50Milliseconds: at(0.5),
    p99Milliseconds: at(0.99),
  };
}

export interface Answer {
  /** 0 where there is none */
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

export interface Asked {
  readonly headers: Headers;
  readonly body?: string | undefined;
  /** @default - a connection of its own */
  readonly agent?: http.Agent | undefined;
}

/** One request to a side, and its whole answer */
export function asked(side: Reached, { headers, body, agent }: Asked): Promise<Answer> {
  const { host, port, path, servername, tls } = side;
  const { request } = tls === undefined ? http : https;
  const none: Answer = { status: 0, headers: {}, text: "" };
  return new Promise((resolve) => {
    const sent = request({
      host,
      port,
      path,
      headers,
      agent: agent ?? agentOf(side),
      method: body === undefined ? "GET" : "POST",
      ...(servername !== undefined && { servername }),
    });
    sent.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => (text += part));
      response.on("end", () =>
        resolve(response.complete ? { status: response.statusCode ?? 0, headers: response.headers, text } : none),
      );
      response.on("error", () => resolve(none));
    });
    sent.on("error", () => resolve(none));
    sent.end(body);
  });
}

/** @param connections that are kept; else each request has its own */
export function agentOf({ tls }: Pick<Side, "tls">, connections = 0): http.Agent {
  const kept = connections > 0 ? { keepAlive: true, maxSockets: connections } : {};
  if (tls === undefined) return new http.Agent(kept);
  return new https.Agent({ ...kept, ...tls, checkServerIdentity: () => undefined });
}
