import { median, type Ratio } from "../comparison";
import type { Load } from "../gateway/load";

/** Agents that serve */
export const FLEETS = { small: 10, large: 10_000 } as const;

export const ENVOY = "Envoy alone, with mutual TLS";
export const ALLOW = "Envoy, an authorizer that always allows, plain proxies in Node";
export const AMBIT = "Ambit, 10 agents";
export const LARGE = "Ambit, 10,000 agents";

export const LIMITS = {
  /** Processor time of all processes over that of Envoy alone */
  overEnvoy: 3,
  /** Processor time with 10,000 agents that serve over that with 10 */
  flat: 1.15,
  /** Seconds until 10,000 agents' routes are read, and until one more is */
  loadedSeconds: 10,
} as const;

export interface Routes {
  /** Until an authorizer that starts has read them all, and answers */
  readonly loadedSeconds: number;
  /** From when one more agent was published until requests for it find it */
  readonly addedSeconds: number;
  /** Bytes of Envoy's configuration */
  readonly envoyBytes: number;
  /** Whether they are others with one more agent */
  readonly isEnvoyChanged: boolean;
}

export interface WaysInResult {
  readonly machine: string;
  readonly busy: number;
  /** By side, one of each round */
  readonly loads: Readonly<Record<string, readonly Load[]>>;
  /** By side, the names of its processes in the order of `Load.byProcess` */
  readonly processes: Readonly<Record<string, readonly string[]>>;
  /** Of the large fleet */
  readonly routes: Routes;
}

type Loads = Pick<WaysInResult, "loads">;

/** Processor time over that of Envoy alone */
export function overEnvoy(result: Loads, side = AMBIT): Ratio {
  return ratioOf(result, side, ENVOY);
}

/** Processor time over that of the chain that always allows */
export function overAllow(result: Loads, side = AMBIT): Ratio {
  return ratioOf(result, side, ALLOW);
}

/** Processor time of a request with 10,000 agents over that with 10 */
export function flatness(result: Loads): Ratio {
  return ratioOf(result, LARGE, AMBIT);
}

export function failures({ loads }: Loads): number {
  return Object.values(loads)
    .flat()
    .reduce((sum, { failed }) => sum + failed, 0);
}

export function isAccepted(result: WaysInResult): boolean {
  const { loadedSeconds, addedSeconds, isEnvoyChanged } = result.routes;
  return (
    overEnvoy(result).median <= LIMITS.overEnvoy &&
    flatness(result).median <= LIMITS.flat &&
    loadedSeconds <= LIMITS.loadedSeconds &&
    addedSeconds <= LIMITS.loadedSeconds &&
    !isEnvoyChanged &&
    failures(result) === 0
  );
}

/** Of each round by itself, because both sides of a round ran while the machine was equally busy */
function ratioOf({ loads }: Loads, side: string, base: string): Ratio {
  const others = loads[base] ?? [];
  const values = (loads[side] ?? []).map(
    ({ cpuMicroseconds }, round) => cpuMicroseconds / (others[round] as Load).cpuMicroseconds,
  );
  return { median: median(values), lowest: Math.min(...values), highest: Math.max(...values) };
}
