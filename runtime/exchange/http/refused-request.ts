import type { Value } from "../../json";
import { type Log, told } from "../../log";
import type { Refusal } from "../../refusal/refusal";
import { refusalOf } from "../../refusal/refusal-of";
import { refused } from "./answer";

/**
 * A refusal is answered as it is; of anything else the log alone learns.
 *
 * @param facts for the log
 * @param denied status of `access_denied`, where it has another one than at the token endpoint
 */
export function refusedRequest(
  error: unknown,
  facts: Readonly<Record<string, Value>>,
  log: Log,
  denied?: number,
): Response {
  const refusal = refusalOf(error);
  logRefusal(refusal, facts, log);
  return refused(refusal, refusal.error === "access_denied" ? denied : undefined);
}

export function logRefusal(refusal: Refusal, facts: Readonly<Record<string, Value>>, log: Log): void {
  log("request.refused", {
    ...facts,
    ...refusal.about,
    error: refusal.error,
    codes: refusal.reasons.map(({ code }) => code),
    ...(refusal.cause === undefined ? {} : { because: told(refusal.cause) }),
  });
}
