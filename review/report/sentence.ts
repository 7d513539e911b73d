import { FINDING_TEXT, SOMEBODY } from "../finding-text";
import type { Finding } from "./finding";
import { capital, type Quoted } from "./text-parts";

/** A finding in words, as a clause without a capital and without a full stop */
export function sentence({ direction, principal, kind, what, because }: Finding, quoted: Quoted): string {
  const who = principal === undefined ? SOMEBODY : quoted(principal.id);
  if (kind === "combination") return FINDING_TEXT.combination(who, direction === "gain", quoted(what));
  if (kind === "unknown") return FINDING_TEXT.unknown(who, quoted(what), quoted(because));
  if (direction === "undeclared" || direction === "ungranted") return FINDING_TEXT[direction](kind, quoted(what));
  return FINDING_TEXT[direction === "loss" ? "loss" : "gain"](who, kind, quoted(what));
}

/** The same where a sentence begins: a name keeps its letters. */
export function sentenceBegun(finding: Finding, quoted: Quoted): string {
  const text = sentence(finding, quoted);
  const { direction } = finding;
  return direction === "unknown" || direction === "undeclared" || direction === "ungranted" ? capital(text) : text;
}
