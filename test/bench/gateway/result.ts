import { median, type Ratio } from "../comparison";
import type { Load } from "./load";
import type { Absent } from "./peer";

/** Agents that are declared */
export const FLEETS = { small: 10, large: 10_000 } as const;

export const DIRECT = "direct";
export const ENVOY = "Envoy, pass through";
export const ALLOW = "Envoy, an authorizer in Node that always allows";
export const ASK = "the same, which asks one server in Node before";
export const AMBIT = "Ambit, memory store";
export const LEVEL = "Ambit, a folder as store";
export const DYNAMODB = "Ambit, DynamoDB";
export const LARGE = "Ambit, memory store, 10,000 agents";

/** Sides that call the MCP server; all others are gateways of others. */
export const OURS_OVER_MCP: readonly string[] = [DIRECT, ENVOY, ALLOW, AMBIT];

export const LIMITS = {
  /** Processor time of all processes over that of the chain that always allows */
  overAllow: 3,
  /** Processor time with 10,000 agents over that with 10 */
  flat: 1.15,
  /** Memory of Envoy and authorizer behind the long run over that before it */
  memory: 1.15,
  /** Milliseconds that the 99th percentile is above that of the chain that always allows, at half load */
  addedP99: 5,
} as const;

/** Many calls, one after the other */
export interface LongRun {
  readonly calls: number;
  /** Of a caller whose calls are all allowed */
  readonly failed: number;
  /** Resident bytes of Envoy and the authorizer */
  readonly before: number;
  readonly after: number;
}

export interface GatewayResult {
  readonly machine: string;
  readonly busy: number;
  /** By side, one of each round */
  readonly loads: Loads;
  /** The same of a tool of an MCP server, the gateways of others among them, and which of these have no row */
  readonly mcp: { readonly loads: Loads; readonly absent: readonly Absent[] };
  /** At half of the rate that the chain takes */
  readonly open: { readonly perSecond: number; readonly loads: Loads };
  readonly longRun: LongRun;
  /** With DynamoDB as store, of which moto's own processor time is no part */
  readonly dynamoDb: readonly Load[];
}

export type Loads = Readonly<Record<string, readonly Load[]>>;

/** Processor time over that of the chain that always allows */
export function overAllow({ loads }: Pick<GatewayResult, "loads">, side = AMBIT): Ratio {
  return ratioOf(loads, side, ALLOW);
}

/** Processor time of a call with 10,000 agents over that with 10 */
export function flatness({ loads }: GatewayResult): Ratio {
  return ratioOf(loads, LARGE, AMBIT);
}

/** What a chain adds to the one that always allows, in milliseconds */
export function added({ open: { loads } }: GatewayResult, of: (load: Load) => number, side = AMBIT): Ratio {
  return compared(loads, side, ALLOW, (own, other) => of(own) - of(other));
}

export function memoryGrowth({ longRun: { before, after } }: GatewayResult): number {
  return after / before;
}

/** Of the sides that are ours: what others refuse or break is shown beside them. */
export function failures({ loads, mcp, open, longRun }: GatewayResult): number {
  const ours = OURS_OVER_MCP.map((name) => mcp.loads[name] ?? []);
  const all = [...Object.values(loads), ...Object.values(open.loads), ...ours].flat();
  return all.reduce((sum, { failed }) => sum + failed, longRun.failed);
}

export function isAccepted(result: GatewayResult): boolean {
  return (
    overAllow(result).median <= LIMITS.overAllow &&
    flatness(result).median <= LIMITS.flat &&
    added(result, ({ p99Milliseconds }) => p99Milliseconds).median <= LIMITS.addedP99 &&
    memoryGrowth(result) <= LIMITS.memory &&
    failures(result) === 0
  );
}

function ratioOf(loads: Loads, side: string, base: string): Ratio {
  return compared(loads, side, base, (own, other) => own.cpuMicroseconds / other.cpuMicroseconds);
}

/** Of each round by itself, because both sides of a round ran while the machine was equally busy */
function compared(loads: Loads, side: string, base: string, of: (own: Load, other: Load) => number): Ratio {
  const others = loads[base] ?? [];
  const values = (loads[side] ?? []).map((own, round) => of(own, others[round] as Load));
  return { median: median(values), lowest: Math.min(...values), highest: Math.max(...values) };
}
