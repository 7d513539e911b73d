import { brief, listed } from "../../report/text-parts";
import { POSSIBLE } from "./radius-words";
import type { BlastRadius } from "../blast-radius";
import type { Group, Row } from "./rows";

/** Whose rights a group uses, and how the attacker comes to them */
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

/** A caller that may send it a message needs no control of its process. */
function calledText({ calledBy }: BlastRadius["of"]): readonly string[] {
  if (calledBy.length === 0) return [];
  return [
    `called by ${listed(calledBy.flatMap(({ start, from }) => (from.length === 0 ? [CALLERS[start]] : from.map(brief))))}`,
  ];
}

/** In words: what is done with what, how bad that is, and by which task or way */
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

/** Whether somebody should look at it first */
export function isGrave({ kind, gate, sensitivity, isHigh, isOutward }: Omit<Row, "does">): boolean {
  if (gate === "approval") return false;
  return kind === "identity" || isHigh || isOutward || sensitivity?.isConfidential === true;
}
