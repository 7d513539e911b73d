import { Sensitivity, type SensitivityName } from "../../domain";
import type { Knowledge, Until, Untils } from "./session";

/** By rank, the lowest first */
export const LEVELS = Sensitivity.all.map(({ name }) => name);

/** What an agent brings from one of its sessions to what it starts by itself */
export type News = Pick<Knowledge, "mark" | "reserved" | "tainted">;

/** A session that has read and holds nothing */
export const NOTHING: Knowledge = {
  mark: "public",
  tainted: false,
  readable: {},
  untrustedUntil: 0,
  writable: {},
  reserved: {},
};

/** Without what has ended */
export function unexpired(known: Knowledge, now: number): Knowledge {
  const { mark, tainted, untrustedUntil } = known;
  return {
    mark,
    tainted,
    readable: later(known.readable, now),
    untrustedUntil: untrustedUntil > now ? untrustedUntil : 0,
    writable: later(known.writable, now),
    reserved: later(known.reserved, now),
  };
}

export function sameKnowledge(one: Knowledge, other: Knowledge): boolean {
  return (
    one.mark === other.mark &&
    one.tainted === other.tainted &&
    one.untrustedUntil === other.untrustedUntil &&
    sameUntils(one.readable, other.readable) &&
    sameUntils(one.writable, other.writable) &&
    sameUntils(one.reserved, other.reserved)
  );
}

export function higher(one: SensitivityName, other: SensitivityName): SensitivityName {
  return rank(one) >= rank(other) ? one : other;
}

export function rank(name: SensitivityName): number {
  return Sensitivity.of(name, "session").rank;
}

/** Whether it adds knowledge. A session that knows a sensitivity writes nothing lower anyway. */
export function isNews(news: News, known: News): boolean {
  const waits = LEVELS.filter((level) => (news.reserved[level] ?? 0) > (known.reserved[level] ?? 0));
  return (
    rank(news.mark) > rank(known.mark) ||
    (news.tainted && !known.tainted) ||
    waits.some((level) => rank(level) > rank(known.mark))
  );
}

/** When the last credential that can write below it expires; undefined if there is none */
export function lastBelow(
  { writable }: Pick<Knowledge, "writable">,
  read: SensitivityName,
  now: number,
): number | undefined {
  const lower = LEVELS.filter((level) => rank(level) < rank(read)).map((level) => writable[level] ?? 0);
  return latest(lower.filter((until) => until > now));
}

/** What waits to be read */
function reservedBy({ reserved }: Pick<Knowledge, "reserved">, now: number): readonly Until[] {
  const all = LEVELS.map((sensitivity) => ({ sensitivity, until: reserved[sensitivity] ?? 0 }));
  return all.filter(({ until }) => until > now);
}

/** Until when a read above the write is reserved; undefined if none is */
export function reservedAbove(
  known: Pick<Knowledge, "reserved">,
  written: SensitivityName | undefined | null,
  now: number,
): number | undefined {
  if (written === undefined || written === null) return undefined;
  const higher = reservedBy(known, now).filter(({ sensitivity }) => rank(sensitivity) > rank(written));
  return latest(higher.map(({ until }) => until));
}

/** The latest of them; undefined if there is none */
export function latest(untils: readonly (number | undefined)[]): number | undefined {
  const all = untils.filter((until) => until !== undefined);
  return all.length === 0 ? undefined : Math.max(...all);
}

function sameUntils(one: Untils, other: Untils): boolean {
  return one === other || LEVELS.every((level) => one[level] === other[level]);
}

export function laterOf(one: Untils, other: Untils): Untils {
  const of = LEVELS.map((level) => [level, Math.max(one[level] ?? 0, other[level] ?? 0)] as const);
  return Object.fromEntries(of.filter(([, until]) => until > 0));
}

export function later(known: Untils, now: number): Untils {
  const all = Object.entries(known);
  return all.every(([, until]) => until > now) ? known : Object.fromEntries(all.filter(([, until]) => until > now));
}
