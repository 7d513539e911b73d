import type { Value } from "./json";

/** Tells an event in one line. Never of a token, an assertion or a proof: only digests and ids of them. */
export type Log = (event: string, facts?: Readonly<Record<string, Value>>) => void;

/** One JSON object per line */
export function jsonLog(write: (line: string) => void, now: () => Date = () => new Date()): Log {
  return (event, facts = {}) => write(`${JSON.stringify({ time: now().toISOString(), event, ...facts })}\n`);
}

/** What a log says of an error, the ones below it included */
export function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message, cause } = error;
  return cause === undefined ? `${name}: ${message}` : `${name}: ${message}: ${told(cause)}`;
}
