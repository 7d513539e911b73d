import { Refusal } from "../refusal/refusal";
import { heldKey, sessionKey } from "../store/keys";
import { isNews, type News } from "./common";
import { type Held, heldOf } from "./held";
import { isOfTransaction, type Knower, knowerName, knowerNamed, ownStartOf } from "./knower";
import type { Link } from "./session";
import type { EpochState, StoredSession } from "./stored";
import { sessionOf } from "./stored-sessions";

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
  /** Whose sessions are known; all of them are members */
  readonly begin: readonly Knower[];
  /** Names of all members of the domain */
  readonly members: ReadonlySet<string>;
  /** What agents hold, as far as it is known */
  readonly holding: ReadonlyMap<string, Held>;
  /** What the domain says; undefined where that is nothing new to any member */
  readonly news: News | undefined;
  readonly now: number;
}

export interface Told {
  /** Of the other members, and of what agents that learn something have started by themselves, with the domains of it */
  readonly sessions: readonly StoredSession[];
  /** What each agent held that may learn something */
  readonly held: ReadonlyMap<string, Held>;
}

/**
 * All that learn what the domain says. What an agent started by itself inherits all that its agent holds, and tells it on.
 *
 * @throws Refusal `delegation.too-wide`, `token.session-ended` where a member has no session any more
 */
export async function toldOf(state: EpochState, { begin, members, holding, news, now }: Telling): Promise<Told> {
  const names = new Set(members);
  const known = begin.map(knowerName);
  const seen: Seen = { sessions: new Map(known.map((name) => [name, undefined])), held: new Map(holding) };
  const learns = (agent: string): boolean => news !== undefined && isNews(news, seen.held.get(agent) as Held);
  // What is told may tell others: they are looked for until there are no more.
  for (let looked = 0; looked < names.size;) {
    refuseTooWide(names);
    looked = names.size;
    const agents = news === undefined ? [] : [...new Set([...names].map((name) => knowerNamed(name).agent))];
    await look(state, seen, names, agents);
    for (const own of agents.filter(learns).map(ownStartOf)) {
      const started = seen.sessions.get(knowerName(own));
      if (started === undefined) continue;
      for (const name of membersOf([own], started.session.links, now)) names.add(name);
    }
  }
  const others = [...names].filter((name) => !known.includes(name));
  const sessions = others.flatMap((name) => seen.sessions.get(name) ?? []);
  if (sessions.length < others.length) throw Refusal.of("token.session-ended");
  return { sessions, held: seen.held };
}

/** What was read, undefined where there is none */
interface Seen {
  readonly sessions: Map<string, StoredSession | undefined>;
  readonly held: Map<string, Held>;
}

/** Reads at once what is not read yet: sessions, what these agents hold, and what they started by themselves. */
async function look(
  { store, epoch }: EpochState,
  { sessions, held }: Seen,
  names: ReadonlySet<string>,
  agents: readonly string[],
): Promise<void> {
  const own = agents.map((agent) => knowerName(ownStartOf(agent)));
  const wanted = [...new Set([...names, ...own])].filter((name) => !sessions.has(name));
  const asking = agents.filter((agent) => !held.has(agent));
  if (wanted.length + asking.length === 0) return;
  const knowers = wanted.map(knowerNamed);
  const items = await store.read([
    ...knowers.map((knower) => sessionKey(epoch, knower)),
    ...asking.map((agent) => heldKey(epoch, agent)),
  ]);
  knowers.forEach((knower, index) => sessions.set(wanted[index] as string, sessionOf(knower, items[index])));
  asking.forEach((agent, index) => held.set(agent, heldOf(items[wanted.length + index])));
}

function refuseTooWide(names: ReadonlySet<string>): void {
  if (names.size > MOST_MEMBERS) throw Refusal.of("delegation.too-wide");
  const withoutUser = [...names].map((name) => knowerNamed(name).whose).filter(isOfTransaction);
  if (withoutUser.length > MOST_WITHOUT_USER && new Set(withoutUser).size > 1) {
    throw Refusal.of("delegation.too-wide", "too many transactions without a user may tell each other what they know");
  }
}
