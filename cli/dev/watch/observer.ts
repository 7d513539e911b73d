import type { Decision, DecisionInput } from "../../../domain";
import type { Act } from "../../../runtime/audit/audit";
import type { Log } from "../../../runtime/log";

/** Whose line of the log it is */
export type Part = "authorizer" | "exchange" | { readonly companion: string };

export type Facts = NonNullable<Parameters<Log>[1]>;

/** Sees what the parts tell: their logs, what the exchange writes with each record, and what is decided on each call. Never throws. */
export interface Observer {
  line(of: Part, event: string, facts: Facts): void;
  act(act: Act): void;
  decision(input: DecisionInput, decision: Decision): void;
}

/** The log of a part, which the observer hears too */
export function heardBy(observer: Observer | undefined, of: Part, log: Log): Log {
  if (observer === undefined) return log;
  return (event, facts = {}) => {
    log(event, facts);
    observer.line(of, event, facts);
  };
}
