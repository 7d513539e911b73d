import { median, type Ratio } from "../comparison";
import type { Load } from "./load";

export const DIRECT = "direct";
export const ENVOY = "Envoy, pass through";
export const ALLOW = "Envoy, an authorizer in Node that always allows";
export const AMBIT = "Ambit, memory store";

export const LIMITS = {
  /** Processor time of all processes over that of the chain that always allows */
  overAllow: 3,
} as const;

export interface GatewayResult {
  readonly machine: string;
  readonly busy: number;
  /** By side, one of each round */
  readonly loads: Readonly<Record<string, readonly Load[]>>;
}

/** Of each round by itself, because both sides of a round ran while the machine was equally busy */
export function overAllow({ loads }: GatewayResult): Ratio {
  const allow = loads[ALLOW] ?? [];
  const ratios = (loads[AMBIT] ?? []).map(
    ({ cpuMicroseconds }, round) => cpuMicroseconds / (allow[round]?.cpuMicroseconds ?? NaN),
  );
  return { median: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) };
}

export function failures({ loads }: GatewayResult): number {
  return Object.values(loads)
    .flat()
    .reduce((sum, { failed }) => sum + failed, 0);
}

export function isAccepted(result: GatewayResult): boolean {
  return overAllow(result).median <= LIMITS.overAllow && failures(result) === 0;
}
