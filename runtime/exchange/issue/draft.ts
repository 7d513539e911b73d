import type { Decision, DecisionInput } from "../../../domain";
import { Refusal } from "../../refusal/refusal";
import { revisionSeen } from "../../registry/revision-seen";
import { knowingTogether, refuseReserved, waitingIfBelow } from "../../session/reservation";
import { revocationFacts } from "../../session/revocations";
import type { Run } from "../../session/session";
import { sessionFacts } from "../../session/session-state";
import type { Write } from "../../store/store";
import type { AccessTokenClaims } from "../../token/access-token";
import { issueInput } from "../../token/decision-input";
import type { RefusedRequest } from "../../token/events";
import { audienceName } from "../request/audience";
import type { TokenRequest } from "../request/token-request";
import { grantAt } from "./audience-grant";
import { claimsOf } from "./claims";
import { handedOn } from "./handed-on";
import { tokenEnd } from "./limits";
import { withNearestAudience } from "./misspelt-audience";
import { runOfRequest, type Situation } from "./run-of-request";

/** A token that may be issued, once its writes are done */
export interface Draft {
  readonly claims: AccessTokenClaims;
  readonly run: Run;
  /** `jti` of tokens that were presented */
  readonly presented: readonly string[];
  readonly revision: number;
  readonly observed: readonly string[];
  /** Fail with StoreConflict where something has changed since it was decided on. */
  readonly writes: readonly Write[];
}

export interface DraftRequest {
  readonly issuer: string;
  readonly request: TokenRequest;
  readonly situation: Situation;
  readonly decide: (input: DecisionInput) => Promise<Decision>;
  /** For the record, where the request is refused */
  readonly known: RefusedRequest;
}

/**
 * Decide on a token by what is declared and stored now.
 *
 * @throws Refusal
 * @throws StoreConflict, StoreUnavailable
 */
export async function draftOf({ issuer, request, situation, decide, known }: DraftRequest): Promise<Draft> {
  const { fleet, agent, task, state, newId, now } = situation;
  const [seen, began] = await Promise.all([revisionSeen(state.store), runOfRequest(situation, request)]);
  const { run, session, edges, proven } = began;
  known.run = run;
  known.goesOn = proven === undefined;
  const presented = proven?.parentToken === undefined ? [] : [proven.parentToken.jti];
  const revocation = await revocationFacts(state.store, run, presented);
  if (!revocation.known) throw Refusal.of("store.unavailable");
  const audience = audienceName(request.audience);
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
    scope: request.scope,
    revocation,
    // A token needs no approval: people are asked about each call, when it is made.
    approval: null,
  });
  const decision = await decide(input);
  const aws = request.audience.kind === "aws" ? task.aws : undefined;
  if (decision.decision !== "allow") {
    // With every rule that refuses
    const denied = Refusal.denied(withNearestAudience(decision.reasons, task, audience));
    throw await waitingIfBelow(state, denied, began.changed[0].last, aws?.reads, now);
  }
  refuseReserved(session, aws?.writes, now);
  const grant = grantAt(fleet, task, edges, request);
  const { confirmation } = request;
  const handing = request.delegate === undefined ? undefined : await handedOn(situation, began, request.delegate);
  return {
    claims: claimsOf({ issuer, jti: newId(), audience, now, expiresAt, run, ...grant, confirmation }),
    run,
    presented,
    revision: decision.revision,
    observed: decision.observed.map(({ code }) => code),
    writes: [
      ...(await knowingTogether(state, handing?.changed ?? began.changed, now)),
      ...began.writes,
      ...(handing?.writes ?? []),
      ...seen.using(fleet.revision),
    ],
  };
}
