import { Problem } from "./problem";

/** Reasons after which a run cannot go on */
export const RUN_IS_OVER: ReadonlySet<string> = new Set([
  "companion.no-run",
  "run.over",
  "run.revoked",
  "run.unknown",
  "session.idle",
  "session.over",
  "session.revoked",
  "transaction.ended",
]);

/** Besides, of a run that is served: it can be begun anew, or joined, once that is lifted. */
const SERVED_NO_MORE: ReadonlySet<string> = new Set(["agent.revoked", "token.session-ended", "user.revoked"]);

/** Whether a refusal means that a run that is served is over, and not that this answer of it may not go out */
export function isServedNoMore(error: unknown): boolean {
  return error instanceof Problem && error.codes.some((code) => RUN_IS_OVER.has(code) || SERVED_NO_MORE.has(code));
}
