import { z } from "zod";
import { INPUT_LIMITS, LIMITS, type User } from "../../domain";
import { endedLoginsKey } from "../store/keys";
import type { Item, Write } from "../store/store";
import type { OutsideEvidence } from "./session";

/** What the issuer of a user's tokens told of the user's logins */
export interface EndedLogins {
  /**
   * Evidence issued before this time, by the issuer's clock, starts nothing, and its runs are over: whole seconds since
   * the epoch
   */
  readonly before: number;
  /** When it was written here */
  readonly at: number;
}

const time = z.int().min(0).max(INPUT_LIMITS.whole);
const schema = z.strictObject({ before: time, at: time }) as z.ZodType<EndedLogins>;

/**
 * After this time, older evidence starts nothing, and its runs and streams are over anyway: the clocks of issuer and
 * exchanges may each differ by a minute.
 */
export const ENDED_LOGINS_SECONDS =
  Math.max(LIMITS.taskTtl.ceiling.seconds, LIMITS.userEvidence.seconds) +
  LIMITS.stream.seconds +
  2 * LIMITS.clockSkew.seconds;

/** What was written, read back */
export function endedLoginsOf({ value }: Pick<Item, "value">): EndedLogins {
  return schema.parse(value);
}

/**
 * Whether it belongs to an ended login. Evidence without an issue time does: its run began before its issuer reported
 * ended logins.
 */
export function isOfEndedLogin(item: Item, evidence: Pick<OutsideEvidence, "issuedAt"> | null): boolean {
  const { before } = endedLoginsOf(item);
  return evidence?.issuedAt === undefined || evidence.issuedAt <= before;
}

/** End a user's logins until some time. A later word moves that time to no earlier one. */
export function endLogins(user: User, before: Item | undefined, told: EndedLogins): Write {
  const last = before === undefined ? undefined : endedLoginsOf(before);
  const value = { before: Math.max(told.before, last?.before ?? 0), at: Math.max(told.at, last?.at ?? 0) };
  return {
    kind: "put",
    key: endedLoginsKey(user),
    value,
    expiresAt: value.at + ENDED_LOGINS_SECONDS,
    when: before === undefined ? "absent" : { version: before.version },
  };
}
