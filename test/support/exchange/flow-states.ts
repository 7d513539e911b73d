import { userDigest } from "../../../runtime/store/user-digest";
import { FLOW_AGENTS } from "./flow-fleet";
import { USERS } from "./flow-world";

const DIGESTS = new Map(Object.entries(USERS).map(([name, user]) => [userDigest(user), name]));
const A_DIGEST = new RegExp([...DIGESTS.keys()].join("|"), "g");

/** With users by their names */
export function plain(text: string): string {
  return text.replace(A_DIGEST, (digest) => DIGESTS.get(digest) as string);
}

const MOST_KNOWN = 50_000;
const NAMES = Object.keys(USERS);
const A_NAME = new RegExp(`\\b(${[...FLOW_AGENTS, ...NAMES].join("|")})\\b`, "g");
const AN_ID = /id-of-the-number-\d+/g;
const A_NUMBER = /#\d+/g;

/** All ways to exchange the names of agents, and of users; those first that leave users as they are */
const PERMUTED: readonly ((text: string) => string)[] = orders(NAMES).flatMap((users) =>
  orders(FLOW_AGENTS).map((agents) => {
    const before = [...FLOW_AGENTS, ...NAMES];
    const after = new Map([...agents, ...users].map((name, index) => [before[index] as string, name]));
    return remembered((text: string) => text.replace(A_NAME, (name) => after.get(name) as string));
  }),
);
const OF_FIRST_USER = PERMUTED.slice(0, orders(FLOW_AGENTS).length);

/** The same lines come again and again. */
function remembered(of: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    if (known.size > MOST_KNOWN) known.clear();
    const told = of(text);
    known.set(text, told);
    return told;
  };
}
function orders<T>(all: readonly T[]): readonly (readonly T[])[] {
  if (all.length < 2) return [all];
  return all.flatMap((first) => orders(all.filter((each) => each !== first)).map((rest) => [first, ...rest]));
}

/** A state by other names */
interface Renamed {
  readonly text: string;
  /** What is said about the state, by the same names */
  readonly rename: (text: string) => string;
}

/**
 * The state by names such that states have the same text that differ alone in which of the agents, which are all alike, which
 * of the users and which transactions it is; once for each way to come to it.
 */
export function canonical(lines: readonly string[]): readonly [Renamed, ...Renamed[]] {
  const numbers = new Map<string, string>();
  const numbered = (text: string) => numberedBy(numbers, text);
  const own = lines.map(numbered);
  const others = own.some((line) => NAMES.slice(1).some((name) => line.includes(name)));
  const all = (others ? PERMUTED : OF_FIRST_USER).map((renamed) => {
    const permuted = own.map(renamed);
    const names = transactions(permuted);
    const named = (text: string) =>
      names.size === 0 ? text : text.replace(A_NUMBER, (number) => names.get(number) ?? number);
    return { text: permuted.map(named).sort().join("\n"), rename: (text: string) => named(renamed(numbered(text))) };
  });
  const least = all.reduce((before, { text }) => (text < before ? text : before), (all[0] as Renamed).text);
  return all.filter(({ text }) => text === least) as unknown as readonly [Renamed, ...Renamed[]];
}

/** Names of transactions by what is said of them; any where that is the same */
function transactions(lines: readonly string[]): ReadonlyMap<string, string> {
  const said = new Map<string, string[]>();
  for (const line of lines) {
    for (const id of new Set(line.match(A_NUMBER))) {
      const about = line.replace(A_NUMBER, (other) => (other === id ? "this" : "another"));
      said.set(id, [...(said.get(id) ?? []), about]);
    }
  }
  const sorted = [...said].map(([id, about]) => [about.sort().join("\n"), id] as const).sort();
  return new Map(sorted.map(([, id], index) => [id, `@${index}`]));
}

/** Transactions by numbers in the order in which they appear: not as few texts as {@link canonical}, in less time */
export function nameless(lines: readonly string[]): string {
  return numberedBy(new Map(), lines.join("\n"));
}

function numberedBy(numbers: Map<string, string>, text: string): string {
  if (!text.includes("id-of")) return text;
  return text.replace(AN_ID, (id) => {
    const number = numbers.get(id) ?? `#${numbers.size}`;
    numbers.set(id, number);
    return number;
  });
}

/** Without what is over and what names sessions */
export function relative(value: unknown, now: number, seconds: (until: number) => unknown): unknown {
  if (typeof value === "number") return value > now ? seconds(value) : value > 1e9 ? "over" : value;
  if (Array.isArray(value)) return value.map((each) => relative(each, now, seconds));
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .filter(([name, each]) => !UNSEEN.includes(name) && !(typeof each === "number" && each <= now - 1_800))
    .map(([name, each]) => {
      if (name === "lastUsedAt") return [name, Math.min(1_800, now - (each as number))];
      return [name, relative(each, now, seconds)];
    });
}

const UNSEEN = ["sid", "budgets", "done", "startedAt", "version"];
