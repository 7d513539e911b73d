import { Problem } from "../problem";

const BUSY = "requests of another session are under way, and the agent works for one at a time";

/** A request, before the exchange is asked about it */
export interface Expected {
  /** Whether the exchange would use up its evidence, or end a session for it */
  readonly isOnce: boolean;
  /** Of the run that it joins; undefined if that is not known here */
  readonly sid: string | undefined;
}

/** Of an agent that works for one session at a time: whose requests are under way */
export class OneUser {
  private sid: string | undefined;
  private underWay = 0;
  /** Requests about which the exchange is asked, and those of them that would use something up */
  private waiting = 0;
  private waitingOnce = 0;

  /** @param letIn told of each session that is let in: what is left of others is over */
  constructor(private readonly letIn: (sid: string) => void) {}

  /**
   * Checked before the exchange is asked, so that a refused request does not use up its evidence.
   *
   * @returns what to call once, when the exchange has answered
   * @throws Problem `companion.busy`
   */
  public expect({ isOnce, sid }: Expected): () => void {
    const isKnown = sid !== undefined && sid === this.sid && this.underWay > 0;
    const others = this.underWay > 0 || this.waiting > 0;
    if (sid !== undefined && this.underWay > 0 && sid !== this.sid) throw busy();
    if (!isKnown && (this.waitingOnce > 0 || (isOnce && others))) throw busy();
    this.waiting += 1;
    if (isOnce) this.waitingOnce += 1;
    return () => {
      this.waiting -= 1;
      if (isOnce) this.waitingOnce -= 1;
    };
  }

  /**
   * @returns what to call when the request is over
   * @throws Problem `companion.busy`
   */
  public take(sid: string): () => void {
    if (this.underWay > 0 && sid !== this.sid) throw busy();
    if (sid !== this.sid) this.letIn(sid);
    this.sid = sid;
    this.underWay += 1;
    let left = false;
    return () => {
      if (!left) this.underWay -= 1;
      left = true;
    };
  }
}

function busy(): Problem {
  return Problem.of("companion.busy", BUSY);
}
