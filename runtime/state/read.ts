import { type DecisionInput, LIMITS } from "../../domain";
import { approvalFacts } from "../approval/approval-record";
import { countersOf, readSpent } from "../session/budgets";
import { sessionFacts } from "../session/session-state";
import { refuseOtherSession } from "../session/stored-sessions";
import type { StateStore } from "../store/store";
import { issueInput } from "../token/decision-input";
import { usable } from "./call-approval";
import type { Known } from "./known";
import { taskOf } from "./policy-facts";
import { presented } from "./presented";

/** What the authorizer needs to ask the policy about a call; the call itself, its digest and its costs are the authorizer's */
export interface StateAnswer {
  readonly input: Omit<DecisionInput, "budgets" | "call" | "intent" | "requestDigest">;
  /** What each budget of the task has spent, by its name in the policy */
  readonly spent: Readonly<Record<string, number>>;
  /** Of the session: to be sent back with what is spent, which fails where it has changed */
  readonly versions: readonly number[];
  /** Seconds until the credentials that block the read have expired; left out if there are none */
  readonly retryAfter?: number;
}

/** @throws Refusal `token.session-ended` where another session has begun since the run did */
export async function stateAnswer(store: Pick<StateStore, "read">, known: Known): Promise<StateAnswer> {
  const { claims, stored, own, now } = known;
  refuseOtherSession(own, claims);
  const { run } = stored;
  const { session } = own;
  const approved = usable(known);
  const { budgets, call, intent, requestDigest, ...facts } = issueInput({
    now,
    revisionSeen: known.revisionSeen,
    run,
    session: sessionFacts(session, now),
    done: session.done,
    ...presented(claims),
    // Another exchange, whose clock is a little ahead, may have made the token.
    expiresAt: Math.min(claims.exp, now + LIMITS.accessToken.seconds),
    revocation: known.revocation,
    approval: approved === undefined ? null : approvalFacts(approved.record),
  });
  const counters = countersOf(known.state.epoch, run, session, taskOf(known).budgets, now);
  return { input: { ...facts, phase: "call" }, spent: await readSpent(store, counters), versions: versionsOf(known) };
}

export function versionsOf({ own }: Known): readonly number[] {
  return [own.version];
}
