import type { Decision, DecisionInput, PolicyDocument } from "../../domain";
import { Decider } from "../decision/decider";
import type { DecisionEngine } from "../decision/engine";
import type { FleetView } from "../registry/registry";

/** An in-process engine whose policy only this class replaces */
export interface FleetEngine extends DecisionEngine {
  replace(policy: PolicyDocument, revision: number): void;
}

/** Decides by the very view of the fleet in which the rest of a request was looked up. */
export class FleetDecider {
  private readonly deciders = new WeakMap<FleetView, Decider>();
  private shown: FleetView | undefined;

  /** @param onFailure told of what went wrong with the engine; the answer is a denial anyway */
  constructor(
    private readonly engine: FleetEngine,
    private readonly onFailure: (error: unknown) => void = () => undefined,
  ) {}

  /** Never throws: what cannot be decided is denied. */
  public decide(fleet: FleetView, input: DecisionInput): Promise<Decision> {
    const decider = this.deciders.get(fleet) ?? this.deciderOf(fleet);
    this.deciders.set(fleet, decider);
    return decider.decide(input);
  }

  private deciderOf(fleet: FleetView): Decider {
    const { name } = this.engine;
    return new Decider({ name, decide: (input) => this.decided(fleet, input) }, this.onFailure);
  }

  private async decided(fleet: FleetView, input: DecisionInput) {
    // INVARIANT: nothing is awaited in between, and an engine reads its policy before it awaits.
    if (this.shown !== fleet) {
      this.engine.replace(fleet.policy, fleet.revision);
      this.shown = fleet;
    }
    return this.engine.decide(input);
  }
}
