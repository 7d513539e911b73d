import { Sensitivity, type SensitivityName } from "../../domain";
import type { Common, Link, Untils } from "./session";

const LEVELS = Sensitivity.all.map(({ name }) => name);

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

/** Whether it says anything that is not known */
export function isNews(news: Pick<Common, "mark" | "tainted">, known: Pick<Common, "mark" | "tainted">): boolean {
  return rank(news.mark) > rank(known.mark) || (news.tainted && !known.tainted);
}

/** When the last credential that could write below it has expired; undefined where there is none */
export function lastBelow(
  { writable }: Pick<Common, "writable">,
  read: SensitivityName,
  now: number,
): number | undefined {
  return latest(writable, now, (level) => rank(level) < rank(read));
}

/** The latest of those that count; undefined where all are over */
export function latest(untils: Untils, now: number, counts: (level: SensitivityName) => boolean): number | undefined {
  const last = Math.max(0, ...LEVELS.filter(counts).map((name) => untils[name] ?? 0));
  return last > now ? last : undefined;
}

function allLinks(one: readonly Link[], other: readonly Link[]): readonly Link[] {
  return other.reduce(withLink, one);
}

function isSame(link: Link, { one, other }: Link): boolean {
  return link.one === one && link.other === other;
}

function sameLinks(one: readonly Link[], other: readonly Link[]): boolean {
  const there = (link: Link) => other.some((known) => isSame(known, link) && known.until === link.until);
  return one === other || (one.length === other.length && one.every(there));
}

function sameUntils(one: Untils, other: Untils): boolean {
  return one === other || LEVELS.every((level) => one[level] === other[level]);
}

function laterOf(one: Untils, other: Untils): Untils {
  const of = LEVELS.map((level) => [level, Math.max(one[level] ?? 0, other[level] ?? 0)] as const);
  return Object.fromEntries(of.filter(([, until]) => until > 0));
}

function later(known: Untils, now: number): Untils {
  const all = Object.entries(known);
  return all.every(([, until]) => until > now) ? known : Object.fromEntries(all.filter(([, until]) => until > now));
}
