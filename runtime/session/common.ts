import { Sensitivity, type SensitivityName } from "../../domain";
import type { Common, Link, Until, Untils } from "./session";

/** By rank, the lowest first */
export const LEVELS = Sensitivity.all.map(({ name }) => name);

/** What an agent brings from one of its sessions to what it starts by itself */
export type News = Pick<Common, "mark" | "reserved" | "tainted">;

/** Of who knows nothing and holds nothing */
export const NOTHING: Common = {
  mark: "public",
  tainted: false,
  readable: {},
  untrustedUntil: 0,
  writable: {},
  reserved: {},
  links: [],
};

/** What all of them know together */
export function union(one: Common, other: Common, now: number): Common {
  return unexpired(
    {
      mark: higher(one.mark, other.mark),
      tainted: one.tainted || other.tainted,
      readable: laterOf(one.readable, other.readable),
      untrustedUntil: Math.max(one.untrustedUntil, other.untrustedUntil),
      writable: laterOf(one.writable, other.writable),
      reserved: laterOf(one.reserved, other.reserved),
      links: allLinks(one.links, other.links),
    },
    now,
  );
}

/** Without what has ended */
export function unexpired(known: Common, now: number): Common {
  const { mark, tainted, untrustedUntil, links } = known;
  return {
    mark,
    tainted,
    readable: later(known.readable, now),
    untrustedUntil: untrustedUntil > now ? untrustedUntil : 0,
    writable: later(known.writable, now),
    reserved: later(known.reserved, now),
    links: links.some(({ until }) => until <= now) ? links.filter(({ until }) => until > now) : links,
  };
}

export function sameCommon(one: Common, other: Common): boolean {
  return (
    one.mark === other.mark &&
    one.tainted === other.tainted &&
    one.untrustedUntil === other.untrustedUntil &&
    sameUntils(one.readable, other.readable) &&
    sameUntils(one.writable, other.writable) &&
    sameUntils(one.reserved, other.reserved) &&
    sameLinks(one.links, other.links)
  );
}

/** With the link, or the later end of it. The same list where it is there. */
export function withLink(links: readonly Link[], link: Link): readonly Link[] {
  const at = links.findIndex((known) => isSame(known, link));
  if (at < 0) return [...links, link];
  return (links[at] as Link).until >= link.until ? links : links.map((known, index) => (index === at ? link : known));
}

export function higher(one: SensitivityName, other: SensitivityName): SensitivityName {
  return rank(one) >= rank(other) ? one : other;
}

export function rank(name: SensitivityName): number {
  return Sensitivity.of(name, "session").rank;
}

/** Whether it says anything that is not known. Where a sensitivity is known already, nothing lower is written anyway. */
export function isNews(news: News, known: News): boolean {
  const waits = LEVELS.filter((level) => (news.reserved[level] ?? 0) > (known.reserved[level] ?? 0));
  return (
    rank(news.mark) > rank(known.mark) ||
    (news.tainted && !known.tainted) ||
    waits.some((level) => rank(level) > rank(known.mark))
  );
}

/** When the last credential that could write below it has expired; undefined where there is none */
export function lastBelow(
  { writable }: Pick<Common, "writable">,
  read: SensitivityName,
  now: number,
): number | undefined {
  const lower = LEVELS.filter((level) => rank(level) < rank(read)).map((level) => writable[level] ?? 0);
  return latest(lower.filter((until) => until > now));
}

/** What waits to be read */
export function reservedBy({ reserved }: Pick<Common, "reserved">, now: number): readonly Until[] {
  const all = LEVELS.map((sensitivity) => ({ sensitivity, until: reserved[sensitivity] ?? 0 }));
  return all.filter(({ until }) => until > now);
}

/** Until when what waits to be read is higher than what would be written; undefined where nothing is */
export function reservedAbove(
  known: Pick<Common, "reserved">,
  written: SensitivityName | undefined | null,
  now: number,
): number | undefined {
  if (written === undefined || written === null) return undefined;
  const higher = reservedBy(known, now).filter(({ sensitivity }) => rank(sensitivity) > rank(written));
  return latest(higher.map(({ until }) => until));
}

/** The latest of them; undefined where there is none */
export function latest(untils: readonly (number | undefined)[]): number | undefined {
  const all = untils.filter((until) => until !== undefined);
  return all.length === 0 ? undefined : Math.max(...all);
}

function allLinks(one: readonly Link[], other: readonly Link[]): readonly Link[] {
  return other.reduce(withLink, one);
}

function isSame(link: Link, { one, other }: Link): boolean {
  return (link.one === one && link.other === other) || (link.one === other && link.other === one);
}

function sameLinks(one: readonly Link[], other: readonly Link[]): boolean {
  const there = (link: Link) => other.some((known) => isSame(known, link) && known.until === link.until);
  return one === other || (one.length === other.length && one.every(there));
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
