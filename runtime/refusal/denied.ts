import type { ReasonCode } from "../../domain";
import { reasonOf } from "../decision/decider";
import { Refusal } from "./refusal";

/** A refusal for a rule of the policy that is seen without asking it */
export function deniedBy(code: ReasonCode): Refusal {
  return Refusal.denied([reasonOf(code)]);
}
