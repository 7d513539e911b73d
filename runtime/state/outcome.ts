import { isProtocolAction } from "../../domain";
import type { Act } from "../audit/audit";
import { raise } from "../session/raise";
import { doneWrite } from "../session/runs";
import { callEvent } from "./events";
import type { Known } from "./known";
import { callName, readBy } from "./policy-facts";
import type { OutcomeRequest } from "./state-schema";
import { settling } from "./token-reservation";

/** Facts that are needed to record how a call ended, which must succeed regardless of concurrent changes */
export type Ended = Pick<Known, "claims" | "fleet" | "now" | "own" | "state" | "stored">;

/**
 * Result of a call. Mark and taint go to the current sessions, because the answer reaches the agents, and a session
 * that began meanwhile has not learnt them. Its success is recorded for the run and its own session.
 */
export async function ending(
  ended: Ended,
  { call, outcome, untrusted: told, settled, code, requestDigest, trace }: OutcomeRequest,
  service: string,
): Promise<Act> {
  const { state, fleet, own, stored, now } = ended;
  const declared = fleet.answersUntrusted(call);
  const untrusted = told || declared;
  const succeeded = outcome === "succeeded" && !isProtocolAction(call.action) ? callName(call) : undefined;
  const done = own.session.sid === ended.claims.sid ? succeeded : undefined;
  const ofRun = succeeded === undefined ? undefined : doneWrite(state.epoch, stored, succeeded);
  const back = settled === undefined ? [] : await settling(state, stored.run.run, settled);
  return {
    writes: [
      ...(await raise(state, own, { mark: readBy(call, fleet.policy), tainted: untrusted, done }, undefined, now)),
      ...(ofRun === undefined ? [] : [ofRun]),
      ...back,
    ],
    event: callEvent("call.outcome", ended, call, service, {
      outcome,
      untrusted,
      decision: "allow",
      agrees: outcome === "unknown" ? null : code === undefined && (declared || !told),
      ...(requestDigest !== undefined && { requestDigest }),
      ...(code !== undefined && { codes: [code] }),
      ...(settled !== undefined && back.length > 0 && { tokens: settled.used }),
    }),
    trace: trace ?? null,
  };
}
