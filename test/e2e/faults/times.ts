import { type Fault, PARTS } from "./schedules";

/** What one fault of a schedule came to, in milliseconds */
export interface Measured {
  readonly fault: Fault;
  /** Whether nothing else was harmed */
  readonly isAlone: boolean;
  /** From when it came until calls passed again; 0 where none failed */
  readonly outage: number;
  /** From when it came until the part ran again */
  readonly back: number;
}

/** One line for each part that was harmed, with median and most */
export function tableOf(all: readonly Measured[]): readonly string[] {
  return PARTS.flatMap((part) => {
    const own = all.filter(({ fault }) => fault.part === part);
    if (own.length === 0) return [];
    const alone = own.filter(({ isAlone }) => isAlone);
    const lines = [`${part}: harmed ${own.length} times; calls passed again ${said(own.map(({ outage }) => outage))}`];
    if (alone.length > 0 && alone.length < own.length) lines.push(`alone ${said(alone.map(({ outage }) => outage))}`);
    return [`${lines.join(", ")}; it ran again ${said(own.map(({ back }) => back))}`];
  });
}

function said(milliseconds: readonly number[]): string {
  const ordered = [...milliseconds].sort((one, other) => one - other);
  const median = ordered[Math.floor((ordered.length - 1) / 2)] as number;
  const most = ordered.at(-1) as number;
  if (most === 0) return "at once";
  return ordered.length === 1 ? `after ${seconds(most)}` : `after ${seconds(median)}, ${seconds(most)} at most`;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}
