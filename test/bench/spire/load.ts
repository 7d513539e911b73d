import { setTimeout as sleep } from "node:timers/promises";

/** Something that takes a while and can be asked for many times at once */
export type Ask = () => Promise<unknown>;

export interface Load {
  readonly perSecond: number;
  readonly p99Milliseconds: number;
}

export interface OpenLoad extends Load {
  /** By how much the client itself was late to send, which is in the time above: a busy machine shows here */
  readonly lateP99Milliseconds: number;
}

/** So many callers, each of which asks again as soon as it has its answer. */
export async function closedLoop(ask: Ask, callers: number, seconds: number): Promise<Load> {
  const times: number[] = [];
  const start = performance.now();
  const end = start + seconds * 1000;
  const caller = async (): Promise<void> => {
    while (performance.now() < end) {
      const asked = performance.now();
      await ask();
      times.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return { perSecond: times.length / ((performance.now() - start) / 1000), p99Milliseconds: percentile(times, 0.99) };
}

/**
 * So many a second, whether or not earlier ones are answered. A time begins when the request was due, so that a server
 * that falls behind is not spared.
 */
export async function openLoop(ask: Ask, perSecond: number, seconds: number): Promise<OpenLoad> {
  const [times, late]: [number[], number[]] = [[], []];
  const running: Promise<void>[] = [];
  const count = Math.floor(perSecond * seconds);
  const start = performance.now();
  const send = async (due: number): Promise<void> => {
    late.push(performance.now() - due);
    await ask();
    times.push(performance.now() - due);
  };
  for (let sent = 0; sent < count;) {
    for (let due; sent < count && (due = start + (sent * 1000) / perSecond) <= performance.now(); sent++) {
      running.push(send(due));
    }
    await sleep(1);
  }
  await Promise.all(running);
  return {
    perSecond: times.length / ((performance.now() - start) / 1000),
    p99Milliseconds: percentile(times, 0.99),
    lateP99Milliseconds: percentile(late, 0.99),
  };
}

/** The smallest value that this share of the values does not exceed */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const found = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (found === undefined) throw new Error("nothing was measured");
  return found;
}
