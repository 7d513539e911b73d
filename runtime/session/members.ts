import { Refusal } from "../exchange/refusal";
import { heldKey, sessionKey } from "../store/keys";
import { isNews } from "./common";
import { type Held, heldOf } from "./held";
import { isOfTransaction, type Knower, knowerName, knowerNamed, ownStartOf } from "./knower";
import type { Common, Link } from "./session";
import { sessionOf } from "./stored-sessions";
import type { EpochState, StoredSession } from "./stored";

/** Sessions that are told something at once; beyond it no more work is handed on */
export const MOST_MEMBERS = 24;
/**
 * Of them, of transactions without a user, where there are several: an agent that all hand work to connects them, and as many
 * as events begin must not keep users from it.
 */
export const MOST_WITHOUT_USER = 12;

/** Names of all that may tell each other what they know, beginning with these */
export function membersOf(begin: readonly Knower[], links: readonly Link[], now: number): ReadonlySet<string> {
  const members = new Set(begin.map(knowerName));
  // A set that grows while it is walked is walked to its end.
  for (const member of members) {
    for (const { one, other, until } of links) {
      if (until <= now) continue;
      if (one === member) members.add(other);
      if (other === member) members.add(one);
    }
  }
  return members;
}

export interface Telling {
  /** Names of members whose sessions are known */
  readonly begin: readonly string[];
  /** Names of all members of the domain */
  readonly members: ReadonlySet<string>;
  /** What agents hold, as far as it is known */
  readonly holding: ReadonlyMap<string, Held>;
  /** What the domain knows; undefined where that is nothing new to any member */
  readonly news: Pick<Common, "mark" | "tainted"> | undefined;
  readonly now: number;
}

export interface Told {
  /** Of the other members, and of what agents that learn something have started by themselves, with the domains of it */
  readonly sessions: readonly StoredSession[];
  /** What agents that learn something could start by themselves, and have not */
  readonly missing: readonly Knower[];
  /** What each agent held that may learn something */
  readonly held: ReadonlyMap<string, Held>;
}

/**
 * All that learn what the domain knows. What an agent started by itself inherits all that its agent holds, and tells it on.
 *
 * @throws Refusal `delegation.too-wide`, `token.session-ended` where a member has no session any more
 */
export async function toldOf(
  { store, epoch }: EpochState,
  { begin, members, holding, news, now }: Telling,
): Promise<Told> {
  const names = new Set([...begin, ...members]);
  const sessions = new Map<string, StoredSession | undefined>(begin.map((name) => [name, undefined]));
  const held = new Map(holding);
  for (;;) {
    refuseTooWide(names);
    const agents = news === undefined ? [] : [...new Set([...names].map((name) => knowerNamed(name).agent))];
    const asking = agents.filter((agent) => !held.has(agent));
    const own = agents.filter((agent) => isNewTo(held.get(agent), news)).map((agent) => knowerName(ownStartOf(agent)));
    const wanted = [...new Set([...names, ...own])].filter((name) => !sessions.has(name));
    if (wanted.length + asking.length === 0) break;
    const knowers = wanted.map(knowerNamed);
    const items = await store.read([
      ...knowers.map((knower) => sessionKey(epoch, knower)),
      ...asking.map((agent) => heldKey(epoch, agent)),
    ]);
    knowers.forEach((knower, index) => sessions.set(wanted[index] as string, sessionOf(knower, items[index])));
    asking.forEach((agent, index) => held.set(agent, heldOf(items[wanted.length + index])));
    for (const agent of agents) {
      const started = ownStartOf(agent);
      const session = isNewTo(held.get(agent), news) ? sessions.get(knowerName(started))?.session : undefined;
      if (session !== undefined) for (const name of membersOf([started], session.links, now)) names.add(name);
    }
  }
  const read = [...sessions].filter(([name]) => !begin.includes(name));
  const found = read.flatMap(([name, session]) => (session !== undefined && names.has(name) ? [session] : []));
  if (found.length < names.size - begin.length) throw Refusal.of("token.session-ended");
  const missing = read.flatMap(([name, session]) =>
    session === undefined && isNewTo(held.get(knowerNamed(name).agent), news) ? [knowerNamed(name)] : [],
  );
  return { sessions: found, missing, held };
}

function refuseTooWide(names: ReadonlySet<string>): void {
  if (names.size > MOST_MEMBERS) throw Refusal.of("delegation.too-wide");
  const withoutUser = [...names].map((name) => knowerNamed(name).whose).filter(isOfTransaction);
  if (withoutUser.length > MOST_WITHOUT_USER && new Set(withoutUser).size > 1) {
    throw Refusal.of("delegation.too-wide", "too many transactions without a user may tell each other what they know");
  }
}

/** What is not read yet may be lower: then its session is read at once. */
function isNewTo(held: Held | undefined, news: Telling["news"]): boolean {
  return news !== undefined && (held === undefined || isNews(news, held));
}
