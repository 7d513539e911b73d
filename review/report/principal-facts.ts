import type { Horizon, PrincipalReview, Risk } from "../review";
import { duration, cutTo, type Quote } from "./text-parts";

/** Most reasons in a report: the heaviest come first. */
const MOST_REASONS = 8;

/** Other changes of an agent: reasons of a changed risk, and lifetimes after a kill */
export function factsOf({ risk, horizon }: PrincipalReview, quoted: Quote): readonly string[] {
  return [...riskFacts(risk, quoted), ...horizonFacts(horizon, quoted)];
}

/** ` · risk 10 (low) → 60 (high)`, or empty if neither state has one */
export function riskText({ risk }: PrincipalReview, quoted: Quote): string {
  const { before, after } = risk;
  if (before === undefined && after === undefined) return "";
  const one = (state: Risk | undefined) => (state === undefined ? "none" : `${state.score} (${quoted(state.tier)})`);
  return ` · risk ${one(before)} → ${one(after)}`;
}

/** A removed agent has no reasons left to read. */
function riskFacts({ before, after }: PrincipalReview["risk"], quoted: Quote): readonly string[] {
  if (after === undefined) return [];
  const [was, is] = [before?.reasons ?? [], after.reasons];
  const said = (word: string, reasons: readonly string[]) =>
    reasons.length === 0 ? [] : [`${word} ${cutTo(MOST_REASONS, reasons.map(quoted)).join(", ")}`];
  const parts = [...said("new:", without(is, was)), ...said("gone:", without(was, is))];
  return parts.length === 0 ? [] : [`risk, ${parts.join("; ")}`];
}

function without(some: readonly string[], others: readonly string[]): readonly string[] {
  const known = new Set(others);
  return some.filter((one) => !known.has(one));
}

function horizonFacts({ before, after }: PrincipalReview["horizon"], quoted: Quote): readonly string[] {
  if (before?.seconds === after?.seconds && before?.path === after?.path) return [];
  const one = (state: Horizon | undefined) =>
    state === undefined ? "none" : `${duration(state.seconds)} (${quoted(state.path)})`;
  const why = after === undefined ? "" : `, because of ${quoted(after.because)}`;
  return [`revocation horizon ${one(before)} → ${one(after)}${why}`];
}
