import { median, type Ratio } from "../comparison";

/** Revocations in force beside those that are measured */
export const IN_FORCE = { few: 10, many: 10_000 } as const;

export const PLACES = ["exchange", "gateway"] as const;
export type Place = (typeof PLACES)[number];

export const LIMITS = {
  /** Milliseconds from when an operator's order is sent until the next request is refused, at the 99th percentile */
  p99: 20,
  /** The same with many revocations in force over that with few, at the median */
  flat: 1.15,
} as const;

/** One round */
export interface Refused {
  /** Milliseconds of each, from the order to the refusal */
  readonly milliseconds: readonly number[];
  /** Requests that were no more allowed before the order, or still after it */
  readonly failed: number;
}

export interface RevocationResult {
  readonly machine: string;
  readonly busy: number;
  /** By revocations in force and place, one of each round */
  readonly rounds: Readonly<Record<keyof typeof IN_FORCE, Readonly<Record<Place, readonly Refused[]>>>>;
}

/** Of all rounds together: a round has too few for its own */
export function p99(rounds: readonly Refused[]): number {
  const all = rounds.flatMap(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  return all[Math.floor(all.length * 0.99)] ?? NaN;
}

export function p50(rounds: readonly Refused[]): number {
  return median(rounds.flatMap(({ milliseconds }) => milliseconds));
}

/** Of each round by itself, because both sides of a round ran while the machine was equally busy */
export function flatness({ rounds: { few, many } }: Pick<RevocationResult, "rounds">, place: Place): Ratio {
  const values = many[place].map(
    ({ milliseconds }, round) => median(milliseconds) / median(few[place][round]?.milliseconds ?? []),
  );
  return { median: median(values), lowest: Math.min(...values), highest: Math.max(...values) };
}

export function failures({ rounds }: Pick<RevocationResult, "rounds">): number {
  const all = Object.values(rounds).flatMap((places) => PLACES.flatMap((place) => places[place]));
  return all.reduce((sum, { failed }) => sum + failed, 0);
}

export function isAccepted(result: RevocationResult): boolean {
  const { rounds } = result;
  const times = Object.values(rounds).flatMap((places) => PLACES.map((place) => p99(places[place])));
  return (
    times.every((time) => time <= LIMITS.p99) &&
    PLACES.every((place) => flatness(result, place).median <= LIMITS.flat) &&
    failures(result) === 0
  );
}
