import type { Act } from "../audit/audit";
import { type ChainSessions, raise } from "../session/chain-sessions";
import { doneWrite } from "../session/runs";
import { callEvent } from "./events";
import type { Known } from "./known";
import { callName, readBy } from "./policy-facts";
import type { OutcomeRequest } from "./state-schema";

/** What must be known to note how a call ended, which nothing that happened meanwhile may prevent */
export type Ended = Pick<Known, "claims" | "epoch" | "fleet" | "now" | "sessions" | "stored">;

/**
 * What a call brought back. Mark and taint are of whatever sessions there are now: the answer comes back to the agents, and a session
 * that began meanwhile has not been told. That something succeeded is of the run and its own session.
 */
export function ending(ended: Ended, { call, outcome, untrusted }: OutcomeRequest, service: string): Act {
  const { epoch, fleet, sessions, stored, now } = ended;
  const succeeded = outcome === "succeeded" ? callName(call) : undefined;
  const done = isOwnSession(sessions, ended) ? succeeded : undefined;
  const ofRun = succeeded === undefined ? undefined : doneWrite(epoch, stored, succeeded);
  return {
    writes: [
      ...raise(epoch, sessions, { mark: readBy(call, fleet.policy), tainted: untrusted, done }, undefined, now),
      ...(ofRun === undefined ? [] : [ofRun]),
    ],
    event: callEvent("call.outcome", ended, call, service, { outcome, untrusted }),
  };
}

function isOwnSession({ own }: ChainSessions, { claims }: Ended): boolean {
  return own.session.sid === claims.sid;
}
