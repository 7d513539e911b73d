import type { Outcome } from "../call/outcomes";

/** A redirect may follow an effect, and a gateway may fail behind one. */
export function outcomeOfStatus(status: number): Outcome {
  if (status >= 200 && status < 300) return "succeeded";
  return status >= 400 && status < 500 ? "failed" : "unknown";
}
