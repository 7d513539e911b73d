import type { Decision, DecisionInput } from "../../../domain";
import { CedarEngine } from "../../../runtime/decision/cedar/cedar-engine";
import { FleetDecider } from "../../../runtime/token/fleet-decider";
import type { FleetView } from "../../../runtime/registry/registry";

/** One answer in so many is asked for again, and must be the same */
const ASKED_AGAIN = 200;

/**
 * The policy of a fleet, by Cedar, that remembers what it said. Times are compared with each other alone, so an answer holds
 * whenever they compare alike, as long as no agent expires: then the same state is not decided on anew for each of a million moves.
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
    const key = relative(input, fleet);
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

/** Times as the policy compares them (policies/cedar/lifetime.cedar, delegation.cedar), which is all that it asks of them */
function relative(input: DecisionInput, { policy }: FleetView): string {
  const { time, run, session, token, ...rest } = input;
  const times = policy.agents[input.agent.spiffeId]?.session ?? { idleSeconds: 0, totalSeconds: 0 };
  const { startedAt, lastUsedAt, mark, tainted, writable } = session;
  return JSON.stringify([
    rest,
    run.expiresAt - run.startedAt,
    [run.startedAt, startedAt, lastUsedAt].map((at) => at > time + 60),
    [run.expiresAt, token.expiresAt, lastUsedAt + times.idleSeconds, startedAt + times.totalSeconds].map(
      (at) => time >= at,
    ),
    token.expiresAt > time + 300,
    token.expiresAt > run.expiresAt,
    [mark, tainted, writable, token.audience, token.scope],
  ]);
}
