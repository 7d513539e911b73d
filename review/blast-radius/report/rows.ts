import { byText } from "../../../domain/by-text";
import { harmOf } from "../walk/harm";
import { byCertainty } from "../walk/reached-union";
import {
  type BlastRadius,
  type Certainty,
  GATES,
  type ReachedThing,
  type ReachedIdentity,
  through,
} from "../blast-radius";
import { brief, listText } from "../../report/text-parts";
import { POSSIBLE } from "./radius-words";

/** One line of a report: the actions on one thing by one way */
export interface Row extends Omit<ReachedThing, "does"> {
  readonly does: readonly string[];
}

/** Everything that one identity reaches at one hop. Uncertain if the identity is. */
export interface Group extends Certainty {
  readonly by: string;
  readonly hop: number;
  readonly route: ReachedThing["route"];
  readonly rows: readonly Row[];
}

/** By hop, certainty and name of the identity; rows by certainty, gate and harm */
export function groupsOf({ reached, identities }: BlastRadius): readonly Group[] {
  const groups = new Map<string, ReachedThing[]>();
  for (const { name, hop } of identities) groups.set(keyOf(name, hop), []);
  for (const one of reached) {
    const key = keyOf(one.by, one.hop);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [one]);
    else known.push(one);
  }
  return [...groups]
    .map(([key, some]): Group => {
      const [hop, by] = JSON.parse(key) as [number, string];
      const who = whoAt(identities, by, hop);
      const route = who?.route ?? some[0]?.route ?? [];
      return { by, hop, route, rows: rowsOf(some), ...through(undefined, who ?? {}) };
    })
    .sort((one, other) => one.hop - other.hop || byCertainty(one, other) || byText(one.by, other.by));
}

/** The identity at that hop, a certain entry first */
function whoAt(identities: readonly ReachedIdentity[], by: string, hop: number): ReachedIdentity | undefined {
  return identities.filter((one) => one.name === by && one.hop === hop).sort(byCertainty)[0];
}

function keyOf(by: string, hop: number): string {
  return JSON.stringify([hop, by]);
}

function rowsOf(reached: readonly ReachedThing[]): readonly Row[] {
  const rows = new Map<string, { readonly first: ReachedThing; readonly does: string[] }>();
  for (const one of reached) {
    const { does, example: _, isHigh, isOutward, writes: __, ...rest } = one;
    // Cluster texts are whole sentences: each has a line of its own.
    const own = one.kind === "kubernetes" || one.kind === "pod" || one.kind === "network" ? does : "";
    const key = JSON.stringify([rest, isHigh, isOutward, own]);
    const known = rows.get(key);
    if (known === undefined) rows.set(key, { first: one, does: [does] });
    else known.does.push(does);
  }
  return [...rows.values()]
    .map(({ first, does }) => ({ ...first, does: [...does].sort() }))
    .sort(
      (one, other) =>
        byCertainty(one, other) || GATES.indexOf(one.gate) - GATES.indexOf(other.gate) || harm(other) - harm(one),
    );
}

function harm({ does: [does = ""], ...row }: Row): number {
  return harmOf({ ...row, does });
}

/** The identity whose rights a group uses, and how the attacker reaches it */
export function headingOf({ by, hop, route, unknown }: Group, { of, identities }: BlastRadius): string {
  if (hop === 0) return [`${brief(by)} itself`, ...calledText(of)].join(" · ");
  const how = identities.find((one) => one.name === by && one.hop === hop)?.how ?? "becomes it";
  const text = `${hop} ${hop === 1 ? "hop" : "hops"} · ${brief(by)} · ${how}: ${brief(route.at(-1)?.what ?? "")}`;
  return unknown === undefined ? text : `${text} · ${POSSIBLE}: ${brief(unknown)}`;
}

const CALLERS = {
  user: "users",
  schedule: "schedules",
  event: "events",
  delegation: "tasks that hand work on",
} as const;

/** A caller sends it messages without controlling its process. */
function calledText({ calledBy }: BlastRadius["of"]): readonly string[] {
  if (calledBy.length === 0) return [];
  return [
    `called by ${listText(calledBy.flatMap(({ start, from }) => (from.length === 0 ? [CALLERS[start]] : from.map(brief))))}`,
  ];
}

/** In words: action, thing, how dangerous it is, and the task or way */
export function rowText({ kind, target, does, as, sensitivity, isHigh, isOutward }: Row): string {
  const isSentence = kind === "kubernetes" || kind === "pod" || kind === "network";
  return [
    isSentence ? does.map(brief).join(", ") : `${brief(target)}: ${does.map(brief).join(", ")}`,
    ...(sensitivity === undefined ? [] : [sensitivity.name]),
    ...(isHigh && kind === "action" ? ["high impact"] : []),
    ...(isOutward ? ["outward"] : []),
    isSentence || kind === "aws" || kind === "identity" ? brief(as) : `task ${brief(as)}`,
  ].join(" · ");
}

/** Whether an incident responder should look at it first */
export function isGrave({ kind, gate, sensitivity, isHigh, isOutward }: Omit<Row, "does">): boolean {
  if (gate === "approval") return false;
  return kind === "identity" || isHigh || isOutward || sensitivity?.isConfidential === true;
}
