import { median, type Ratio } from "../comparison";
import { markdown } from "../report";
import { CALLERS } from "./callers";
import { cpuMicroseconds, type Load, perCore } from "./load";
import {
  type ColdStart,
  type ExchangeResult,
  growthOf,
  LIMITS,
  MEMORY,
  overEmpty,
  overKeycloak,
  overParts,
  type Parts,
  SIZES,
} from "./result";

type Rows = readonly (readonly string[])[];

/** The exchange and Keycloak, asked alike */
export function keycloakRows(result: ExchangeResult): Rows {
  const row = (name: string, loads: readonly Load[], compared: readonly string[]): readonly string[] => [
    name,
    middle(loads, ({ answers, seconds }) => answers / seconds),
    middle(loads, perCore),
    middle(loads, ({ p50Milliseconds }) => p50Milliseconds, 1),
    middle(loads, ({ p99Milliseconds }) => p99Milliseconds, 1),
    ...compared,
  ];
  const keycloaks = result.keycloaks.map((keycloak) => {
    const compared = atLeast(overKeycloak(result, keycloak), LIMITS.keycloak[keycloak.java] ?? NaN);
    return row(keycloak.name, keycloak.loads, compared);
  });
  return [
    ["", "per second", "per core", "p50, ms", "p99, ms", "Ambit / it, per core", "min to max", "limit", ""],
    row("Ambit", result.stores[MEMORY] ?? [], ["", "", "", ""]),
    ...keycloaks,
  ];
}

/** What an exchange takes of a processor, and what of that its parts take */
export function partsRows(result: ExchangeResult): Rows {
  const part = (name: string, of: (parts: Parts) => number): readonly string[] => [
    name,
    micros(result.parts.map(of)),
    "",
    "",
    "",
    "",
  ];
  const stores = Object.entries(result.stores).map(([store, loads]) => {
    const over = overParts(result, store);
    const compared = store === MEMORY ? atMost(over, LIMITS.parts) : shown(over);
    return [`exchange, ${store}`, micros(loads.map(cpuMicroseconds)), ...compared];
  });
  return [
    ["", "time", "over the sum", "min to max", "limit", ""],
    part("verify and sign with jose", ({ jose }) => jose),
    part("decide with Cedar", ({ cedar }) => cedar),
    part("answer over HTTP", ({ echo }) => echo),
    part("sum of these", ({ jose, cedar, echo }) => jose + cedar + echo),
    ...stores,
  ];
}

/** Whether an exchange costs the same in every fleet */
export function fleetRows(result: ExchangeResult): Rows {
  const [least, , most] = SIZES;
  return [
    [
      "",
      ...SIZES.map((agents) => `${number(agents)} agents`),
      `${number(most)} / ${number(least)}`,
      "min to max",
      "limit",
      "",
    ],
    [
      "exchange, memory",
      ...SIZES.map((agents) => micros((result.fleets[`${agents}`] ?? []).map(cpuMicroseconds))),
      ...atMost(growthOf(result), LIMITS.flat),
    ],
  ];
}

/** What the function weighs, and how long its first token takes, without a limit */
export function functionRows(result: ExchangeResult): Rows {
  const ages: readonly ((start: ColdStart) => number)[] = [({ loaded }) => loaded, ({ answered }) => answered];
  const row = (name: string, { zipped, unpacked, starts }: ExchangeResult["functions"]["empty"]): readonly string[] => [
    name,
    kilobytes(zipped),
    kilobytes(unpacked),
    ...ages.flatMap((of) => milliseconds(starts.map(of))),
  ];
  const { empty, exchange } = result.functions;
  const ratios = ages.flatMap((of) => shown(overEmpty(result, of)).slice(0, 2));
  return [
    ["", "zipped", "unpacked", "loaded", "min to max", "first answer", "min to max"],
    row("an empty handler", empty),
    row("exchange, DynamoDB and KMS", exchange),
    ["exchange / empty", "", "", ...ratios],
  ];
}

/** Under which the figures were measured */
export function circumstances({ machine, busy, processors, stores }: ExchangeResult): string {
  const rounds = stores[MEMORY]?.length ?? 0;
  return `${machine}, load average ${busy.toFixed(1)} at the start, ${processors}, ${CALLERS} callers, ${rounds} rounds`;
}

/** In the order of the page */
export const TABLES: readonly ((result: ExchangeResult) => Rows)[] = [keycloakRows, partsRows, fleetRows, functionRows];

export function exchangeText(result: ExchangeResult): string {
  const tables = TABLES.map((rows) => markdown(rows(result)));
  return `${circumstances(result)}:\n\n${tables.join("\n")}`;
}

function shown({ median: ratio, lowest, highest }: Ratio): readonly string[] {
  return [ratio.toFixed(2), `${lowest.toFixed(2)} to ${highest.toFixed(2)}`, "", ""];
}

function atMost(ratio: Ratio, limit: number): readonly string[] {
  return [...shown(ratio).slice(0, 2), `at most ${limit}`, verdict(ratio.median <= limit)];
}

function atLeast(ratio: Ratio, limit: number): readonly string[] {
  return [...shown(ratio).slice(0, 2), `at least ${limit}`, verdict(ratio.median >= limit)];
}

function middle(loads: readonly Load[], of: (load: Load) => number, digits = 0): string {
  const value = median(loads.map(of));
  return digits === 0 ? number(value) : value.toFixed(digits);
}

function micros(values: readonly number[]): string {
  return `${number(median(values))} µs`;
}

function milliseconds(values: readonly number[]): readonly [median: string, range: string] {
  return [`${number(median(values))} ms`, `${number(Math.min(...values))} to ${number(Math.max(...values))}`];
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1_000).toLocaleString("en", { maximumFractionDigits: 1 })} kB`;
}

function number(value: number): string {
  return Math.round(value).toLocaleString("en");
}

function verdict(holds: boolean): string {
  return holds ? "met" : "missed";
}
