import { refuseReserved } from "../../session/reservation";
import { planWrites } from "../../session/sessions";
import type { AccessTokenClaims } from "../../token/access-token";
import { audienceName } from "../request/audience";
import type { TokenRequest } from "../request/token-request";
import { allowedRun, type Deciding } from "./allowed-run";
import { grantAt } from "./audience-grant";
import { claimsOf } from "./claims";
import { refuseHandingOn } from "./handed-on";
import type { RunDraft } from "./run-draft";

/** A token that may be issued, once its writes are done */
export interface Draft extends RunDraft {
  readonly claims: AccessTokenClaims;
}

export interface DraftRequest extends Deciding {
  readonly issuer: string;
  readonly request: TokenRequest;
}

/**
 * Decide on a token by what is declared and stored now.
 *
 * @throws Refusal
 * @throws StoreConflict, StoreUnavailable
 */
export async function draftOf({ issuer, request, ...deciding }: DraftRequest): Promise<Draft> {
  const { situation } = deciding;
  const { fleet, task, state, newId, now } = situation;
  const { beginning, scope, confirmation, delegate } = request;
  const audience = audienceName(request.audience);
  const aws = request.audience.kind === "aws" ? task.aws : undefined;
  const { began, expiresAt, writes, ...allowed } = await allowedRun(deciding, { beginning, audience, scope, aws });
  const { run, session, edges } = began;
  refuseReserved(session, aws?.writes, now);
  const grant = grantAt(fleet, task, edges, request);
  if (delegate !== undefined) refuseHandingOn(situation, began, delegate);
  return {
    ...allowed,
    claims: claimsOf({ issuer, jti: newId(), audience, now, expiresAt, run, ...grant, confirmation }),
    run,
    writes: await planWrites(state, { own: began.own, writes }, now),
  };
}
