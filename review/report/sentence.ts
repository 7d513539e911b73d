import type { Finding } from "./findings";
import { capital, type Quoted } from "./shown";

/** A finding in words, as a clause without a capital and without a full stop */
export function sentence({ direction, principal, kind, what, because }: Finding, quoted: Quoted): string {
  const who = principal === undefined ? "somebody" : quoted(principal.id);
  if (direction === "unknown")
    return `what ${who} gains cannot be decided: ${quoted(what)}, because ${quoted(because)}`;
  if (direction === "undeclared") return `no declaration explains ${kind}: ${quoted(what)}`;
  if (direction === "ungranted") return `${kind} is declared, but not granted: ${quoted(what)}`;
  if (kind === "combination") return `${who} ${direction === "gain" ? "gains" : "has"} a combination, ${quoted(what)}`;
  return `${who} ${direction === "loss" ? "loses" : "gains"} ${kind}: ${quoted(what)}`;
}

/** The same where a sentence begins: a name keeps its letters. */
export function sentenceBegun(finding: Finding, quoted: Quoted): string {
  const text = sentence(finding, quoted);
  const { direction } = finding;
  return direction === "unknown" || direction === "undeclared" || direction === "ungranted" ? capital(text) : text;
}
