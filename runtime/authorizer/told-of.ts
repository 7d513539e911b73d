import { delegateTool } from "../../domain";
import type { RefusalFacts } from "../refusal/refusal-teller";
import type { Denial } from "./denial";

export interface Stands {
  /** Id of the line in the log; empty if the answer is of no known call */
  readonly decision: string;
  /** Name in Envoy's configuration; undefined if there is none */
  readonly tool: string | undefined;
}

/** A refusal in the form that is reported to the exchange (runtime/exchange/refusals/told-schema.ts) */
export function toldOf(of: "answer" | "call" | "way", denial: Denial, { decision, tool }: Stands): RefusalFacts {
  const { agent: by, asked, action, ...about } = denial.about;
  // Of work that is handed on: the tool that stands for the delegate.
  const called = tool ?? (action === undefined || asked === undefined ? undefined : delegateTool(asked));
  return { of, codes: denial.codes, by, ...about, tool: called, action, asked, decision: decision || undefined };
}
