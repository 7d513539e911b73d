import { type DecisionInput, LIMITS, type RevocationFacts, type SensitivityName } from "../../domain";
import { Refusal } from "../refusal/refusal";
import type { FleetView } from "../registry/registry";
import { type RevisionSeen, revisionSeen } from "../registry/revision-seen";
import { revocationFacts } from "../session/revocations";
import { readRun } from "../session/runs";
import type { Run } from "../session/session";
import { sessionFacts } from "../session/session-state";
import type { EpochState, StoredSession } from "../session/stored";
import { readOwn, refuseOtherSession } from "../session/stored-sessions";
import type { AccessTokenClaims } from "../token/access-token";
import { issueInput } from "../token/decision-input";
import { isRunOf } from "../token/run-of-token";

/** A token of audience `aws`, with all that the store knows of it now */
export interface Asked {
  readonly fleet: FleetView;
  readonly claims: AccessTokenClaims;
  readonly state: EpochState;
  readonly run: Run;
  /** Of the agent */
  readonly own: StoredSession;
  readonly revocation: RevocationFacts;
  readonly seen: RevisionSeen;
  /** Whole seconds since the epoch */
  readonly now: number;
}

/**
 * @throws Refusal `token.invalid` for another audience, `run.unknown`, or `token.session-ended`
 */
export async function asked(
  state: EpochState,
  fleet: FleetView,
  claims: AccessTokenClaims,
  now: number,
): Promise<Asked> {
  if (claims.aud !== "aws") {
    throw Refusal.of("token.invalid", `a token of audience aws is needed, and this one is of ${claims.aud}`);
  }
  const run = (await readRun(state, claims.run))?.run;
  if (run === undefined || !isRunOf(run, claims)) throw Refusal.of("run.unknown");
  const [own, revocation, seen] = await Promise.all([
    readOwn(state, fleet, run),
    revocationFacts(state.store, run, [claims.jti]),
    revisionSeen(state.store),
  ]);
  refuseOtherSession(own, claims);
  return { fleet, claims, state, run, own, revocation, seen, now };
}

/** Highest sensitivity that the credentials can read; undefined if they read nothing */
export function readsOf({ fleet, run }: Asked): SensitivityName | undefined {
  return fleet.agentOf(run.spiffeId)?.tasks.get(run.task)?.aws?.reads;
}

/** May credentials be made of this token, by the state of now? */
export function awsInput({ claims, run, own, revocation, seen, now }: Asked): DecisionInput {
  return issueInput({
    now,
    revisionSeen: seen.revision,
    run,
    session: sessionFacts(own.session, now),
    done: own.session.done,
    audience: claims.aud,
    // Another exchange, whose clock is a little ahead, may have made the token.
    expiresAt: Math.min(claims.exp, now + LIMITS.accessToken.seconds),
    revocation,
    approval: null,
  });
}
