import type { Io } from "./program";
import { printable } from "./terminal";

const SILENT_MILLISECONDS = 2_000;
const EVERY_MILLISECONDS = 5_000;

/**
 * Says what is under way on standard error where it takes longer than two seconds, and again every five.
 *
 * @param what a text, or how far it is, asked for each time
 */
export async function progress<T>(io: Io, what: string | (() => string), work: Promise<T>): Promise<T> {
  const start = performance.now();
  const say = (): void => {
    const now = typeof what === "string" ? what : what();
    io.err(`ambit: ${printable(now)} … ${Math.round((performance.now() - start) / 1000)} s\n`);
  };
  let every: NodeJS.Timeout | undefined;
  const first = setTimeout(() => {
    say();
    every = setInterval(say, EVERY_MILLISECONDS);
  }, SILENT_MILLISECONDS);
  try {
    return await work;
  } finally {
    clearTimeout(first);
    clearInterval(every);
  }
}
