import { type DecisionInput, LIMITS, type RevocationFacts } from "../../domain";
import type { AccessTokenClaims } from "../exchange/access-token";
import { issueInput } from "../exchange/decision-input";
import { Refusal } from "../exchange/refusal";
import { isRunOf } from "../exchange/run-of-token";
import type { FleetView } from "../registry/registry";
import { type RevisionSeen, revisionSeen } from "../registry/revision-seen";
import { chainFacts, type ChainSessions, readChain, refuseOtherSession } from "../session/chain-sessions";
import { revocationFacts } from "../session/revocations";
import { readRun } from "../session/runs";
import type { Run } from "../session/session";
import type { EpochState } from "../session/stored";

/** A token of audience `aws`, with all that the store knows of it now */
export interface Asked {
  readonly fleet: FleetView;
  readonly claims: AccessTokenClaims;
  readonly state: EpochState;
  readonly run: Run;
  readonly sessions: ChainSessions;
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
  const [sessions, revocation, seen] = await Promise.all([
    readChain(state, run),
    revocationFacts(state.store, run, [claims.jti]),
    revisionSeen(state.store),
  ]);
  refuseOtherSession(sessions, claims);
  return { fleet, claims, state, run, sessions, revocation, seen, now };
}

/** May credentials be made of this token, by the state of now? */
export function awsInput({ claims, run, sessions, revocation, seen, now }: Asked): DecisionInput {
  return issueInput({
    now,
    revisionSeen: seen.revision,
    run,
    session: chainFacts(sessions, now),
    done: sessions.own.session.done,
    audience: claims.aud,
    // Another exchange, whose clock is a little ahead, may have made the token.
    expiresAt: Math.min(claims.exp, now + LIMITS.accessToken.seconds),
    revocation,
    requestDigest: null,
    approval: null,
  });
}
