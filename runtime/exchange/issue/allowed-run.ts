import type { Decision, DecisionInput } from "../../../domain";
import { Refusal } from "../../refusal/refusal";
import type { FleetTask } from "../../registry/registry";
import { revisionSeen } from "../../registry/revision-seen";
import { refuseBelow, waitingIfBelow } from "../../session/reservation";
import { revocationFacts, type Standing } from "../../session/revocations";
import { sessionFacts } from "../../session/session-state";
import type { Write } from "../../store/store";
import { issueInput } from "../../token/decision-input";
import type { RefusedRequest } from "../../token/events";
import type { Beginning } from "../request/beginning";
import { tokenEnd } from "./limits";
import { withNearestAudience } from "./misspelt-audience";
import { type RunInSession, runOfRequest, type Situation } from "./run-of-request";

/** What is needed to decide on anything that is asked for */
export interface Deciding {
  readonly situation: Situation;
  readonly decide: (input: DecisionInput) => Promise<Decision>;
  /** For the record, where the request is refused */
  readonly known: RefusedRequest;
}

/** What the policy is asked */
export interface Question {
  readonly beginning: Beginning;
  readonly audience: string;
  /** Requested actions; undefined for all allowed ones, and if the audience has none */
  readonly scope: readonly string[] | undefined;
  /** What of AWS is wanted */
  readonly aws: FleetTask["aws"];
}

/** A run that the policy allows what was asked for, once its writes are done */
export interface AllowedRun {
  readonly began: RunInSession;
  /** The run with the evidence that was shown */
  readonly standing: Standing;
  /** Until then at most a token is good: whole seconds since the epoch */
  readonly expiresAt: number;
  /** `jti` of tokens that were presented */
  readonly presented: readonly string[];
  readonly revision: number;
  readonly observed: readonly string[];
  /** Besides those of its session. They fail with StoreConflict where something has changed since it was decided on. */
  readonly writes: readonly Write[];
}

/**
 * Decide by what is declared and stored now.
 *
 * @throws Refusal
 * @throws StoreConflict, StoreUnavailable
 */
export async function allowedRun(
  { situation, decide, known }: Deciding,
  { beginning, audience, scope, aws }: Question,
): Promise<AllowedRun> {
  const { fleet, agent, task, state, now } = situation;
  const [seen, began] = await Promise.all([revisionSeen(state.store), runOfRequest(situation, beginning)]);
  const { run, session, proven } = began;
  known.run = run;
  known.goesOn = beginning.kind !== "start";
  const presented = proven?.parentToken === undefined ? [] : [proven.parentToken.jti];
  const standing = { ...run, shown: proven?.by === "user" ? proven.outside : undefined };
  const revocation = await revocationFacts(state.store, standing, presented);
  if (!revocation.known) throw Refusal.of("store.unavailable");
  known.audience = audience;
  const expiresAt = tokenEnd({ fleet, agent, run, session, proven, now });
  const input = issueInput({
    now,
    revisionSeen: seen.revision,
    run,
    session: sessionFacts(session, now),
    done: session.done,
    audience,
    expiresAt,
    scope,
    revocation,
    // No approval is needed here: people decide on each call when it is made.
    approval: null,
  });
  const decision = await decide(input);
  if (decision.decision !== "allow") {
    // With every rule that refuses
    const denied = Refusal.denied(withNearestAudience(decision.reasons, task, audience));
    throw await waitingIfBelow(state, denied, began.own.last, aws?.reads, now);
  }
  await refuseBelow(state, began.own, began.reads, now);
  return {
    began,
    standing,
    expiresAt,
    presented,
    revision: decision.revision,
    observed: decision.observed.map(({ code }) => code),
    writes: [...began.writes, ...seen.using(fleet.revision)],
  };
}
