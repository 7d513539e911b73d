import type { Decision, DecisionInput, Reason } from "../../../domain";
import type { Act } from "../../audit/audit";
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
import { approvedBy, digestOf } from "./approval";
import { grantAt } from "./audience-grant";
import { claimsOf } from "./claims";
import { type Approver, approverOf, exactRequestOf } from "./exact-call";
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
  /** Writes what has to be kept although no token is issued */
  readonly keep: (act: Act) => Promise<void>;
  /** For the record, where the request is refused */
  readonly known: RefusedRequest;
}

/**
 * Decide on a token by what is declared and stored now.
 *
 * @throws Refusal
 * @throws StoreConflict, StoreUnavailable
 */
export async function draftOf({ issuer, request, situation, decide, keep, known }: DraftRequest): Promise<Draft> {
  const { fleet, agent, task, state, newId, now } = situation;
  const approver = approverOf(task, request);
  const [seen, began] = await Promise.all([revisionSeen(state.store), runOfRequest(situation, request)]);
  const { run, session, edges, proven } = began;
  known.run = run;
  known.goesOn = proven === undefined;
  const presented = proven?.parentToken === undefined ? [] : [proven.parentToken];
  const revocation = await revocationFacts(state.store, run, presented);
  if (!revocation.known) throw Refusal.of("store.unavailable");
  const audience = audienceName(request.audience);
  known.audience = audience;
  const expiresAt = tokenEnd({ fleet, agent, run, session, proven, now });
  const exact = exactRequestOf(run, request);
  const asIfNobodyDecided = issueInput({
    now,
    revisionSeen: seen.revision,
    run,
    session: sessionFacts(session, now),
    done: session.done,
    audience,
    expiresAt,
    scope: request.scope,
    revocation,
    requestDigest: digestOf(exact),
    approval: null,
  });
  let decision = await decide(asIfNobodyDecided);
  const aws = request.audience.kind === "aws" ? task.aws : undefined;
  const denied = refusalOf(decision, approver, (reasons) => withNearestAudience(reasons, task, audience));
  if (denied !== undefined) throw await waitingIfBelow(state, denied, began.changed[0].last, aws?.reads, now);
  refuseReserved(session, aws?.writes, now);
  const grant = grantAt(fleet, task, edges, request);
  let approval: AccessTokenClaims["approval"];
  if (approver !== undefined && exact !== undefined) {
    const undecided = { state, fleet, run, request, exact, approver, revision: decision.revision, now };
    const { facts, claim } = await approvedBy(undecided, keep);
    decision = await decide({ ...asIfNobodyDecided, approval: facts });
    const refused = refusalOf(decision, undefined);
    if (refused !== undefined) throw refused;
    approval = claim;
  }
  const { confirmation } = request;
  const handing = request.delegate === undefined ? undefined : await handedOn(situation, began, request.delegate);
  return {
    claims: claimsOf({ issuer, jti: newId(), audience, now, expiresAt, run, ...grant, approval, confirmation }),
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

/**
 * With every rule that refuses: no approval makes up for another one. Undefined where nothing does.
 *
 * @param approver whose decision may still be missing
 */
function refusalOf(
  { decision, reasons }: Decision,
  approver: Approver | undefined,
  worded = (plain: readonly Reason[]): readonly Reason[] => plain,
): Refusal | undefined {
  if (decision === "allow") return undefined;
  const undecided = approver !== undefined && reasons.every(({ code }) => code === "approval.required");
  return undecided && reasons.length > 0 ? undefined : Refusal.denied(worded(reasons));
}
