import type { Decision, DecisionInput } from "../../../domain";
import { CedarEngine } from "../../../runtime/decision/cedar/cedar-engine";
import { FleetDecider } from "../../../runtime/exchange/issue/fleet-decider";
import type { FleetView } from "../../../runtime/registry/registry";

/** One answer in so many is asked for again, and must be the same */
const ASKED_AGAIN = 200;

/**
 * The policy of a fleet, by Cedar, that remembers what it said. Times are compared with each other alone, so an answer holds at
 * any time, as long as no agent expires: then the same state is not decided on anew for each of a million moves.
 */
class RememberedDecider {
  private readonly decider: FleetDecider;
  private readonly known = new Map<string, Decision>();
  private remembered = 0;

  constructor(private readonly fleet: FleetView) {
    this.decider = new FleetDecider(new CedarEngine({ policy: fleet.policy, revision: fleet.revision }));
  }

  public readonly decide = async (fleet: FleetView, input: DecisionInput): Promise<Decision> => {
    if (fleet !== this.fleet) throw new Error("it decides for one fleet alone");
    if (input.approval !== null) return this.decider.decide(fleet, input);
    const key = relative(input);
    const known = this.known.get(key);
    if (known !== undefined && (this.remembered += 1) % ASKED_AGAIN !== 0) return known;
    const decision = await this.decider.decide(fleet, input);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(decision)) {
      throw new Error(`the policy said otherwise before of ${key}`);
    }
    this.known.set(key, decision);
    return decision;
  };
}

const DECIDERS = new WeakMap<FleetView, RememberedDecider>();

export function deciderOf(fleet: FleetView): Pick<FleetDecider, "decide"> {
  const decider = DECIDERS.get(fleet) ?? new RememberedDecider(fleet);
  DECIDERS.set(fleet, decider);
  return decider;
}

/** With times as seconds from now */
function relative(input: DecisionInput): string {
  const { time, run, session, token, ...rest } = input;
  return JSON.stringify([
    rest,
    [run.startedAt, run.expiresAt, session.startedAt, session.lastUsedAt, token.expiresAt].map((at) => at - time),
    [session.mark, session.tainted, session.writable, token.audience, token.scope],
  ]);
}
