import type { Decision, Situation } from "../../../domain";
import { planFor, type Plan } from "../../../cli/explain/plan";
import { CedarEngine } from "../../../runtime/decision/cedar/cedar-engine";
import { Decider } from "../../../runtime/decision/decider";
import { examplePolicy } from "./policy";

const failures: unknown[] = [];
const engine = new CedarEngine({ policy: examplePolicy, revision: 0 });
let known: Pick<Situation, "policy" | "revision"> = { policy: examplePolicy, revision: 0 };
const decider = new Decider(engine, (error) => failures.push(error));

/** What Cedar decides on the situation. An engine that fails fails the test. */
export async function decide({ policy, revision, input }: Situation): Promise<Decision> {
  if (policy !== known.policy || revision !== known.revision) engine.replace(policy, revision);
  known = { policy, revision };
  const decision = await decider.decide(input);
  if (failures.length > 0) throw failures[0];
  return decision;
}

/** What would allow the situation, as Cedar decides */
export async function planned(situation: Situation): Promise<Plan<Decision>> {
  return planFor(situation, await decide(situation), decide);
}

export const codesOf = ({ reasons }: Pick<Decision, "reasons">): readonly string[] => reasons.map(({ code }) => code);
