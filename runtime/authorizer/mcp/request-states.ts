import { createHash } from "node:crypto";
import type { Clock } from "../../clock";
import { Bounded } from "../../bounded";

const MOST_STATES = 65_536;
const GOOD_SECONDS = 600;

interface Given {
  readonly request: string;
  readonly until: number;
}

/**
 * States that servers gave with a question back (MCP 2026-07-28, "Multi round-trip requests"): each is good once, within ten minutes,
 * for the very call that was asked about. Of states and requests only digests are kept. Where a server asks without a state (undefined),
 * the question itself is answered once.
 */
export class RequestStates {
  private readonly states = new Bounded<Given>(MOST_STATES);

  constructor(private readonly clock: Clock) {}

  /** @param request what names run, tool, action and arguments */
  public remember(state: string | undefined, request: string): void {
    const now = this.clock();
    // Each is good for the same time, so the first ones end first.
    this.states.dropFirstWhile(({ until }) => until <= now);
    this.states.put(keyOf(state, request), { request: digestOf(request), until: now + GOOD_SECONDS });
  }

  public isGood(state: string | undefined, request: string): boolean {
    const known = this.states.of(keyOf(state, request));
    return known !== undefined && known.request === digestOf(request) && this.clock() < known.until;
  }

  /** Whether it was good; it is not any more. */
  public use(state: string | undefined, request: string): boolean {
    const good = this.isGood(state, request);
    if (good) this.states.drop(keyOf(state, request));
    return good;
  }
}

/** A state that has the text of a request is another key than that request without a state. */
function keyOf(state: string | undefined, request: string): string {
  return state === undefined ? digestOf(`request ${request}`) : digestOf(`state ${state}`);
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}
