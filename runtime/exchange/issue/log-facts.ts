import type { Decision, DecisionInput } from "../../../domain";
import type { Value } from "../../json";
import type { Refusal } from "../../refusal/refusal";
import type { RefusedRequest } from "../../token/events";

/** What was decided on a request, and by what */
export interface Decided {
  readonly input: DecisionInput;
  readonly decision: Decision;
}

export type LogFacts = Readonly<Record<string, Value>>;

/**
 * Whose request was refused, for its line in the log: `ambit explain` reads the line, and where the policy refused it, decides
 * the request again. People are masked as the decision log of OPA masks them.
 */
export function logFacts(known: RefusedRequest, decided: Decided | undefined, refusal: Refusal): LogFacts {
  const { agent, task, audience, run, goesOn } = known;
  return {
    ...(agent === undefined ? {} : { agent }),
    ...(task === undefined ? {} : { task }),
    // That of a run which would have begun by itself is on no record.
    ...(run !== undefined && (goesOn === true || run.chain.length > 0) ? { txn: run.txn } : {}),
    ...(audience === undefined ? {} : { audience }),
    ...(decided !== undefined && isWhy(decided, refusal) ? decidedFacts(decided) : {}),
  };
}

/** A policy that allowed explains no refusal of the exchange's own. */
function isWhy({ decision }: Decided, { reasons }: Refusal): boolean {
  return (
    decision.decision === "deny" && decision.reasons.every(({ code }) => reasons.some((sent) => sent.code === code))
  );
}

function decidedFacts({ input, decision: { decision, reasons, revision } }: Decided): LogFacts {
  const { user } = input;
  const shown = { ...input, user: user && { ...user, subject: "masked" } };
  return {
    decision: { decision, reasons: reasons.map(({ code }) => code), revision },
    input: shown as unknown as Value,
    masked: user === null ? [] : ["/input/user/subject"],
  };
}
