import type { CallFacts, DecisionInput } from "../../../domain";
import type { IntentEvaluator } from "../../decision/intent-evaluator";
import type { FleetView } from "../../registry/registry";
import type { Arguments } from "../request/recognised-call";

/** The evaluator that says whether a call serves its task, where the platform has one */
export interface Intent {
  readonly evaluator: Pick<IntentEvaluator, "ask">;
  /** Whether it gets the arguments */
  readonly tellsArguments: boolean;
}

/** What is asked about */
export interface IntentCall {
  readonly facts: CallFacts;
  readonly arguments: Arguments;
  readonly requestDigest: string;
}

/** The fact `intent` of a call. Never throws: what is no clear answer is an error, which refuses. */
export async function intentFact(
  { evaluator, tellsArguments }: Intent,
  { agent, task, chain, user }: Pick<DecisionInput, "agent" | "chain" | "task" | "user">,
  { facts, arguments: args, requestDigest }: IntentCall,
  fleet: FleetView,
): Promise<NonNullable<DecisionInput["intent"]>> {
  const { tool, action, destination } = facts;
  const { intent } = await evaluator.ask({
    agent,
    task,
    purpose: fleet.agentOf(agent.spiffeId)?.purpose ?? "",
    tool,
    action,
    destination,
    requestDigest,
    ...(tellsArguments && { arguments: args }),
    chain,
    userPresent: user !== null,
  });
  return intent;
}
