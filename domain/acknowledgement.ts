import { CalendarDate } from "./calendar-date";
import { onlyKnown, refuse, shown } from "./errors";
import { plainString } from "./plain";

/** A finding of a guardrail for which a person answers, until a day */
export interface Acknowledgement {
  /** `RULE[what]`, as the refusal says it */
  readonly finding: string;
  /** 32 hexadecimal digits, as the refusal says them. Where what was judged has another value, it is another finding, and this ends. */
  readonly hash: string;
  /** Why it may be so, for the reviewer; at least 10 characters */
  readonly reason: string;
  /** E-mail address of the person or group that answers for it */
  readonly owner: string;
  /** First day (UTC) on which it is refused again, `YYYY-MM-DD`; at most 366 days ahead */
  readonly expires: string;
}

/** Days for which a finding may be acknowledged at once */
export const LONGEST_ACKNOWLEDGEMENT_DAYS = 366;

const PROPERTIES = ["finding", "hash", "reason", "owner", "expires"] as const;
const SHORTEST_REASON = 10;

/** @throws DeclarationError `acknowledgement.malformed`, and `expiry.malformed` for what is no day */
export function checkAcknowledgement(acknowledgement: Acknowledgement, where: string): void {
  onlyKnown(acknowledgement, PROPERTIES, where);
  for (const property of PROPERTIES) {
    const text = plainString(acknowledgement[property], where, property, "acknowledgement.malformed");
    const [isWellFormed, what] = FORMS[property];
    if (!isWellFormed(text)) {
      refuse("acknowledgement.malformed", where, `${property} must be ${what}, got ${shown(text)}`);
    }
  }
  CalendarDate.of(acknowledgement.expires, where, "expires");
}

type Form = readonly [isWellFormed: (text: string) => boolean, what: string];

const FORMS: Readonly<Record<(typeof PROPERTIES)[number], Form>> = {
  finding: [(text) => /^AMBIT-[A-Z0-9-]+\[.+\]$/.test(text), "an id as the refusal says it, RULE[what]"],
  hash: [(text) => /^[0-9a-f]{32}$/.test(text), "the 32 hexadecimal digits that the refusal says"],
  reason: [(text) => text.trim().length >= SHORTEST_REASON, `a sentence of at least ${SHORTEST_REASON} characters`],
  owner: [(text) => /^[A-Za-z0-9_.+-]+@[A-Za-z0-9.-]+$/.test(text), 'a mail address such as "team@acme.example"'],
  expires: [() => true, "a day"],
};
