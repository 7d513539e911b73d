import type { Link } from "../../../runtime/session/session";
import { userDigest } from "../../../runtime/session/user-digest";
import { FLOW_AGENTS } from "./flow-fleet";
import { USERS } from "./flow-world";

const DIGESTS = new Map(Object.entries(USERS).map(([name, user]) => [userDigest(user), name]));
const A_DIGEST = new RegExp([...DIGESTS.keys()].join("|"), "g");

/** With users by their names */
export function plain(text: string): string {
  return text.replace(A_DIGEST, (digest) => DIGESTS.get(digest) as string);
}

/** All ways to exchange the names of agents, and of users */
const PERMUTED: readonly ((text: string) => string)[] = orders(FLOW_AGENTS).flatMap((agents) =>
  orders(Object.keys(USERS)).map((users) => {
    const before = [...FLOW_AGENTS, ...Object.keys(USERS)];
    const after = new Map([...agents, ...users].map((name, index) => [before[index] as string, name]));
    return (text: string) => text.replace(A_NAME, (name) => after.get(name) as string);
  }),
);
const A_NAME = new RegExp(`\\b(${[...FLOW_AGENTS, ...Object.keys(USERS)].join("|")})\\b`, "g");

function orders<T>(all: readonly T[]): readonly (readonly T[])[] {
  if (all.length < 2) return [all];
  return all.flatMap((first) => orders(all.filter((each) => each !== first)).map((rest) => [first, ...rest]));
}

/** The same for states that differ alone in which of the agents, which are all alike, and which of the users it is */
export function canonical(lines: readonly string[]): string {
  const all = PERMUTED.map((renamed) => nameless(lines.map(renamed).sort().join("\n")));
  return all.reduce((least, each) => (each < least ? each : least));
}

/** Names of transactions in the order in which they appear */
export function nameless(text: string): string {
  const named = new Map<string, string>();
  return text.replace(/id-of-the-number-\d+/g, (id) => {
    const name = named.get(id) ?? `#${named.size}`;
    named.set(id, name);
    return name;
  });
}

/** What is connected by pairs, however */
export function groups(pairs: readonly (readonly [string, string])[]): readonly (readonly string[])[] {
  const of = new Map<string, Set<string>>();
  for (const [one, other] of pairs) {
    const both = new Set([one, other, ...(of.get(one) ?? []), ...(of.get(other) ?? [])]);
    for (const name of both) of.set(name, both);
  }
  return [...new Set(of.values())].map((each) => [...each].sort());
}

/** Without what is over and what names sessions; links as what they connect */
export function relative(value: unknown, now: number, seconds: (until: number) => unknown): unknown {
  if (typeof value === "number") return value > now ? seconds(value) : value > 1e9 ? "over" : value;
  if (Array.isArray(value)) return value.map((each) => relative(each, now, seconds));
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .filter(([name, each]) => !UNSEEN.includes(name) && !(typeof each === "number" && each <= now - 1_800))
    .map(([name, each]) => {
      if (name === "lastUsedAt") return [name, Math.min(1_800, now - (each as number))];
      if (name !== "links") return [name, relative(each, now, seconds)];
      const links = (each as readonly Link[]).filter(({ until }) => until > now);
      const ends = [...new Set(links.map(({ until }) => seconds(until)))];
      return [
        name,
        ends.map((end) => [
          end,
          groups(links.filter(({ until }) => seconds(until) === end).map(({ one, other }) => [one, other])),
        ]),
      ];
    });
}

const UNSEEN = ["sid", "budgets", "done", "startedAt", "version"];
