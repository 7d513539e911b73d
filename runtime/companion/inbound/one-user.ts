import { Problem } from "../problem";

const BUSY = "requests of another session are under way, and the agent works for one at a time";

/** Of an agent that works for one session at a time: whose requests are under way */
export class OneUser {
  private sid: string | undefined;
  private underWay = 0;

  /** @param letIn told of each session that is let in: what is left of others is over */
  constructor(private readonly letIn: (sid: string) => void) {}

  /**
   * Before the exchange is asked: evidence that is used up by it is not spent on a request that is refused then.
   *
   * @param isOnce whether the evidence is used up
   * @param sid of the run that the request joins; undefined where it is not known here
   * @throws Problem `companion.busy`
   */
  public expect(isOnce: boolean, sid: string | undefined): void {
    if (this.underWay === 0) return;
    if (sid === undefined ? isOnce : sid !== this.sid) throw busy();
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
