import { CalendarDate, type IsoDate } from "./calendar-date";
import { onlyKnown, refuse, shown } from "./errors";
import { isBlank, plainString } from "./plain";

export interface Observation {
  /** First day (UTC) on which it is enforced again, at most 90 days ahead */
  readonly until: IsoDate;
  /** Why it is not enforced yet; the review shows it */
  readonly reason: string;
}

/**
 * Whether budgets, order and intent refuse, or only note what they would refuse. Everything else refuses always.
 */
export type Enforcement = "enforce" | { readonly observe: Observation };

/** A time in which some rules are only noted, checked */
export interface Observed {
  readonly until: CalendarDate;
  readonly reason: string;
}

/** @throws DeclarationError `enforcement.malformed` */
export function observedOf(enforcement: Enforcement, where: string): Observed | undefined {
  if (enforcement === "enforce") return undefined;
  const observe = typeof enforcement === "object" ? enforcement?.observe : undefined;
  if (observe === undefined || observe === null || typeof observe !== "object") {
    const what = `enforcement must be "enforce" or { observe: { until, reason } }`;
    refuse("enforcement.malformed", where, `${what}, got ${shown(enforcement)}`);
  }
  onlyKnown(enforcement as object, ["observe"], `${where} enforcement`);
  onlyKnown(observe, ["reason", "until"], `${where} enforcement.observe`);
  if (isBlank(observe.reason)) {
    refuse(
      "enforcement.malformed",
      where,
      "enforcement.observe.reason must say why it is not enforced yet, got nothing",
    );
  }
  return {
    until: CalendarDate.of(observe.until, where, "enforcement.observe.until"),
    reason: plainString(observe.reason, where, "enforcement.observe.reason", "enforcement.malformed"),
  };
}
