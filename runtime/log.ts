import type { Value } from "./json";

/** Tells an event in one line. Never of a token, an assertion or a proof: only digests and ids of them. */
export type Log = (event: string, facts?: Readonly<Record<string, Value>>) => void;

/** One JSON object per line */
export function jsonLog(write: (line: string) => void, now: () => Date = () => new Date()): Log {
  return (event, facts = {}) => write(`${JSON.stringify({ time: now().toISOString(), event, ...facts })}\n`);
}

/** For which a line waits for others: what a killed process has not written is lost. */
const TOGETHER_MILLISECONDS = 25;

/**
 * Writes lines of one moment together: one write takes longer than all that a line says.
 *
 * @returns how to log a line, and `flush`, which writes what waits; a process that ends by itself must call it
 */
export function linesTogether(write: (lines: string) => void) {
  let waiting = "";
  const flush = (): void => {
    const lines = waiting;
    waiting = "";
    if (lines !== "") write(lines);
  };
  const line = (text: string): void => {
    if (waiting === "") setTimeout(flush, TOGETHER_MILLISECONDS);
    waiting += text;
  };
  return { line, flush };
}

/** What a log says of an error, the ones below it included */
export function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message, cause } = error;
  return cause === undefined ? `${name}: ${message}` : `${name}: ${message}: ${told(cause)}`;
}
