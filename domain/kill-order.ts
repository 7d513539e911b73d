import type { TrustDomain } from "./trust-domain";

/** Header `typ` of an order of the kill switch */
export const KILL_ORDER_TYPE = "ambit-kill+jwt";

/** For which an order is good after it was signed, in seconds */
export const KILL_ORDER_SECONDS = 60;

/** Claim `iss` of its orders: a name that is never fetched */
export function killSwitchIssuer({ name: domain }: TrustDomain): string {
  return `https://kill-switch.${domain}`;
}

/** What the key of the kill switch is for, as the end of its alias */
export const KILL_SWITCH_KEY_USE = "kill-switch";

/** Characters of the reason that a person, or an alarm, gives */
export const LONGEST_STOP_REASON = 500;

/** What came of the stop of a chain whose run the exchange does not know any more */
export const UNKNOWN_CHAIN =
  "no run of this id is known: it is over, or never was. What a start token starts again in the transaction of this id is refused. " +
  "Where the run was not the first of its transaction, revoke the chain by txn of its records";

/** What is stopped by a name, `chain` as all that one start began, by any of its runs; users are stopped by issuer and subject */
export const KILL_KINDS = ["agent", "session", "run", "chain", "token"] as const;
export type KillKind = (typeof KILL_KINDS)[number];
