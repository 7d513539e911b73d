import type { Decision, Situation } from "../domain";
import { CedarEngine } from "../runtime/decision/cedar/cedar-engine";
import { Decider } from "../runtime/decision/decider";
import type { Io } from "./program";
import { printable } from "./terminal";

/** Decides by Cedar in this process, by the given policy; errors are reported, and are denials. */
export function cedarDecider(io: Io): (situation: Situation) => Promise<Decision> {
  let engine: CedarEngine | undefined;
  let decider: Decider | undefined;
  return ({ policy, revision, input }) => {
    if (engine === undefined || decider === undefined) {
      engine = new CedarEngine({ policy, revision });
      decider = new Decider(engine, (error) => io.err(`ambit: ${printable((error as Error).message)}\n`));
    }
    engine.replace(policy, revision);
    return decider.decide(input);
  };
}
