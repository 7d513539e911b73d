import { NOTHING_SENT } from "../companion/inbound/to-agent";
import type { Answered } from "./asked";

/**
 * Meaning of an answer for the start
 *
 * - `started`: the agent has received the request, with any answer
 * - `replayed`: the same occasion has started it before
 * - `unseen`: the token is used up, and the agent has certainly not received the request
 * - `later`: nothing has happened, and the same token may be accepted later
 * - `refused`: a retry cannot succeed
 */
export type Meaning = "later" | "refused" | "replayed" | "started" | "unseen";

const REPLAYED = "evidence.replayed";
const NO_AGENT = "companion.no-agent";
/** The agent has answered, with what may not go out */
const CUT = "answer.above-clearance";
const TOO_MANY = 429;
const FIRST_OF_SERVER = 500;

export function meaningOf({ status, isOfAgent, reasons, retryAfter }: Answered): Meaning {
  if (isOfAgent) return "started";
  if (reasons.some(({ code }) => code === REPLAYED)) return "replayed";
  if (reasons.some(({ code }) => code === CUT)) return "started";
  const silent = reasons.find(({ code }) => code === NO_AGENT);
  // The agent may have begun: another start could do its work twice.
  if (silent !== undefined) return silent.what.includes(NOTHING_SENT) ? "unseen" : "started";
  return status >= FIRST_OF_SERVER || status === TOO_MANY || retryAfter !== undefined ? "later" : "refused";
}
