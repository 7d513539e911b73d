import type { Ratio } from "../comparison";
import { median } from "../comparison";
import { cpuMicroseconds, type Load, perCore } from "./load";

/** What the project promises */
export const LIMITS = {
  /** Exchanges per second of processor time over Keycloak's, by the major version of its Java */
  keycloak: { 17: 3, 25: 2 } as Readonly<Record<number, number>>,
  /** Processor time of an exchange over that of its parts */
  parts: 1.3,
  /** In the largest fleet over the smallest */
  flat: 1.25,
} as const;

/** Agents of the fleets */
export const SIZES = [10, 1_000, 10_000] as const;
/** The store that is compared; the others are shown */
export const MEMORY = "memory";

/** By name of a side, a load for each round */
export type Loads = Readonly<Record<string, readonly Load[]>>;

/** Microseconds of processor time for what an exchange is made of, in one round */
export interface Parts {
  /** Verify and sign */
  readonly jose: number;
  /** One decision */
  readonly cedar: number;
  /** A request over the same server, answered as an exchange is */
  readonly echo: number;
}

export interface KeycloakLoads {
  readonly name: string;
  /** Major version of its Java */
  readonly java: number;
  readonly loads: readonly Load[];
}

/** Bytes */
export interface FunctionSize {
  readonly zipped: number;
  readonly unpacked: number;
}

/** Milliseconds since the start of a process */
export interface ColdStart {
  /** Until it asks for its first event */
  readonly loaded: number;
  /** Until its first answer, which for the exchange is a token */
  readonly answered: number;
}

/** Functions of AWS Lambda, which are started anew in each round */
export type Functions = Readonly<
  Record<"empty" | "exchange", FunctionSize & { readonly starts: readonly ColdStart[] }>
>;

export interface ExchangeResult {
  readonly machine: string;
  /** Processes that waited for a processor before the bench began (one minute's average) */
  readonly busy: number;
  /** What ran where */
  readonly processors: string;
  /** Of the exchange, by its store */
  readonly stores: Loads;
  readonly keycloaks: readonly KeycloakLoads[];
  readonly parts: readonly Parts[];
  /** Of the exchange, by agents of its fleet */
  readonly fleets: Loads;
  readonly functions: Functions;
}

/** How much more of the exchange a second of a processor makes than of Keycloak, per round */
export function overKeycloak({ stores }: ExchangeResult, keycloak: KeycloakLoads): Ratio {
  return ratio(stores[MEMORY], keycloak.loads, perCore);
}

/** Time of an exchange over the sum of its parts, per round */
export function overParts({ stores, parts }: ExchangeResult, store: string = MEMORY): Ratio {
  const loads = stores[store] ?? [];
  return ratioOf(
    loads.map(cpuMicroseconds),
    parts.map(({ jose, cedar, echo }) => jose + cedar + echo),
  );
}

/** Time of an exchange in the largest fleet over that in the smallest, per round */
export function growthOf({ fleets }: ExchangeResult): Ratio {
  return ratio(fleets[`${SIZES[2]}`], fleets[`${SIZES[0]}`], cpuMicroseconds);
}

/** Time of the exchange as a function over that of an empty handler, per round */
export function overEmpty({ functions }: ExchangeResult, of: (start: ColdStart) => number): Ratio {
  return ratioOf(functions.exchange.starts.map(of), functions.empty.starts.map(of));
}

/** Whether every limit is met. What was not measured is not met. */
export function isAccepted(result: ExchangeResult): boolean {
  const keycloaks = Object.entries(LIMITS.keycloak).map(([java, limit]) => {
    const keycloak = result.keycloaks.find((one) => one.java === Number(java));
    return keycloak !== undefined && overKeycloak(result, keycloak).median >= limit;
  });
  return keycloaks.every(Boolean) && overParts(result).median <= LIMITS.parts && growthOf(result).median <= LIMITS.flat;
}

function ratio(
  over: readonly Load[] | undefined,
  under: readonly Load[] | undefined,
  of: (load: Load) => number,
): Ratio {
  return ratioOf((over ?? []).map(of), (under ?? []).map(of));
}

function ratioOf(over: readonly number[], under: readonly number[]): Ratio {
  const ratios = over.map((value, round) => value / (under[round] ?? NaN));
  return { median: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) };
}
