import { createHash } from "node:crypto";
import type { Clock } from "../../clock";
import { Bounded } from "./bounded";

const MOST_STATES = 65_536;
const GOOD_SECONDS = 600;

/**
 * States that servers gave with a question back (MCP 2026-07-28, "Multi round-trip requests"): each is good once, within ten minutes,
 * for the very call that was asked about. The texts themselves are not kept.
 */
export class RequestStates {
  private readonly states = new Bounded<{ readonly request: string; readonly until: number }>(MOST_STATES);

  constructor(private readonly clock: Clock) {}

  /** @param request what names run, tool, action and arguments */
  public remember(state: string, request: string): void {
    this.states.put(digestOf(state), { request, until: this.clock() + GOOD_SECONDS });
  }

  public isGood(state: string, request: string): boolean {
    const known = this.states.of(digestOf(state));
    return known !== undefined && known.request === request && this.clock() < known.until;
  }

  /** Whether it was good; it is not any more. */
  public use(state: string, request: string): boolean {
    const good = this.isGood(state, request);
    if (good) this.states.drop(digestOf(state));
    return good;
  }
}

function digestOf(state: string): string {
  return createHash("sha256").update(state).digest("base64");
}
