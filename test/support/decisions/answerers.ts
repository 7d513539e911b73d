import type { Verdict } from "../../../domain";
import { CedarEngine } from "../../../runtime/decision/cedar/cedar-engine";
import { oracle } from "./oracle";
import { examplePolicy } from "./policy";
import type { Asked } from "./words";

/** Answers one request by its own policy */
export type Answerer = (asked: Asked) => Promise<Verdict>;

export const byOracle: Answerer = async (asked) => oracle(asked);

/** Cedar with all its rules, in one engine whose policy is replaced for each request */
export function byCedar(engine = new CedarEngine({ policy: examplePolicy, revision: 0 })): Answerer {
  return ({ input, policy, revision }) => {
    engine.replace(policy, revision);
    return engine.decide(input);
  };
}
