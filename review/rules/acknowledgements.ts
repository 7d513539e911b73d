import { CalendarDate } from "../../domain";
import { byText } from "../../domain/by-text";
import type { Change } from "../change";
import type { AcknowledgedFinding, Combination, Review } from "../review";
import type { Acknowledgement, ReviewRules } from "./rules-schema";

/** From the day after its last day, an acknowledgement hides nothing. */
function hasExpired({ until }: Acknowledgement, now: Date): boolean {
  return CalendarDate.of(until, "acknowledged", "until").daysFrom(now) < 0;
}

/** A line for each expired acknowledgement */
export function expiredAcknowledgements({ acknowledged }: ReviewRules, now: Date): readonly string[] {
  return acknowledged.flatMap((one, index) =>
    hasExpired(one, now) ? [`acknowledged[${index}] held until ${one.until} and hides nothing any more`] : [],
  );
}

/**
 * A review without acknowledged standing findings. Gains and unknowns always stay: each belongs to this
 * pull request, and an unknown may have the same text for another cause.
 */
export function withoutAcknowledged(review: Review, { acknowledged }: ReviewRules, now: Date): Review {
  const holding = acknowledged.filter((one) => !hasExpired(one, now));
  const hidden = new Set<Acknowledgement>();
  const isHidden = (matches: (one: Acknowledgement) => boolean): boolean => {
    const found = holding.filter(matches);
    for (const one of found) hidden.add(one);
    return found.length > 0;
  };
  const rest = (about: "undeclared" | "ungranted") =>
    review[about].filter((change) => !isHidden((one) => isAccess(one, about, change)));
  const known: Review = {
    ...review,
    agents: review.agents.map((principal) => ({
      ...principal,
      combinations: principal.combinations.filter(
        (combination) => combination.isNew || !isHidden((one) => isCombination(one, principal.id, combination)),
      ),
    })),
    undeclared: rest("undeclared"),
    ungranted: rest("ungranted"),
  };
  const all = [...review.acknowledged, ...[...hidden].map(told)];
  return { ...known, acknowledged: all.sort((one, other) => byText(JSON.stringify(one), JSON.stringify(other))) };
}

/** With another witness it may be wider under the same text. */
function isAccess(one: Acknowledgement, about: "undeclared" | "ungranted", change: Change): boolean {
  const { kind, what, witness, source } = change;
  if (one.finding !== about || one.kind !== kind || one.address !== source.address) return false;
  return one.what === what && one.witness === witness;
}

/** With another part it is another combination. */
function isCombination(one: Acknowledgement, principal: string, { code, what, parts }: Combination): boolean {
  if (one.finding !== "combination" || one.principal !== principal) return false;
  if (one.code !== code || one.what !== what) return false;
  const known = new Set(one.parts);
  return parts.every((part) => known.has(part.what)) && new Set(parts.map((part) => part.what)).size === known.size;
}

function told(one: Acknowledgement): AcknowledgedFinding {
  const { until, reason: because } = one;
  if (one.finding !== "combination") return { kind: one.kind, what: one.what, until, because };
  return { principal: one.principal, kind: one.finding, what: `${one.code}: ${one.what}`, until, because };
}
