import type { RefusalTeller } from "../refusal/refusal-teller";
import type { Problem } from "./problem";

/** Who asked: the agent, the agent for a tool or a delegate, or the gateway */
export type Via = "agent" | "gateway" | "tools";

/** Tells the exchange what this companion refuses by itself. What the exchange has refused is on record there. */
export class ToldProblems {
  constructor(private readonly teller: Pick<RefusalTeller, "tell">) {}

  /** @param run id of the run that the request belongs to; left out if it is not known */
  public tell({ isOwn, codes }: Problem, via: Via, run?: string): void {
    if (isOwn) this.teller.tell({ codes, via, run });
  }
}
