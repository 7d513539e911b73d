import { createHash } from "node:crypto";
import type { Clock } from "../../clock";
import { Bounded } from "../../bounded";

/** Of one owner: of more, its own first is forgotten. */
const MOST_OF_ONE = 64;
const MOST_OWNERS = 8_192;
const GOOD_SECONDS = 600;

interface OfOwner {
  /** Until when each is good */
  readonly states: Bounded<number>;
  /** Of the last one */
  readonly until: number;
}

/**
 * States that servers gave with a question back (MCP 2026-07-28, "Multi round-trip requests"): each is good once, within ten minutes,
 * for its owner and for the very call that was asked about. Of states and requests only digests are kept. Where a server asks without a
 * state (undefined), the question itself is answered once.
 */
export class RequestStates {
  private readonly owners = new Bounded<OfOwner>(MOST_OWNERS);

  constructor(private readonly clock: Clock) {}

  /** @param request what names run, tool, action and arguments */
  public remember(owner: string, state: string | undefined, request: string): void {
    const now = this.clock();
    const until = now + GOOD_SECONDS;
    // Each is good for the same time, so the first ones end first.
    this.owners.dropFirstWhile((each) => each.until <= now);
    const states = this.owners.of(owner)?.states ?? new Bounded<number>(MOST_OF_ONE);
    states.put(keyOf(state, request), until);
    this.owners.put(owner, { states, until });
  }

  public isGood(owner: string, state: string | undefined, request: string): boolean {
    const until = this.owners.of(owner)?.states.of(keyOf(state, request));
    return until !== undefined && this.clock() < until;
  }

  /** Whether it was good; it is not any more. */
  public use(owner: string, state: string | undefined, request: string): boolean {
    const good = this.isGood(owner, state, request);
    if (good) this.owners.of(owner)?.states.drop(keyOf(state, request));
    return good;
  }
}

/** A server may give the same state for several requests. */
function keyOf(state: string | undefined, request: string): string {
  return createHash("sha256")
    .update(JSON.stringify([state ?? null, request]))
    .digest("base64");
}
