import type { Confirmation } from "../../identity/caller";
import type { Run } from "../../session/session";
import type { AccessTokenClaims, Actor } from "../../token/access-token";
import { type SubjectId, subjectIdOf } from "../../token/subject-id";

export interface TokenToBe {
  /** Of the exchange */
  readonly issuer: string;
  readonly jti: string;
  readonly audience: string;
  /** Whole seconds since the epoch, as `expiresAt` */
  readonly now: number;
  readonly expiresAt: number;
  readonly run: Run;
  readonly scope: string | undefined;
  /** SPIFFE ID of the delegate; only for audience `exchange` */
  readonly mayAct: string | undefined;
  readonly confirmation: Confirmation;
}

export function claimsOf(token: TokenToBe): AccessTokenClaims {
  const { run, scope, mayAct } = token;
  return {
    iss: token.issuer,
    ...subjectOf(run),
    aud: token.audience,
    client_id: run.spiffeId,
    iat: token.now,
    exp: token.expiresAt,
    jti: token.jti,
    act: actorOf(run),
    ...(mayAct === undefined ? {} : { may_act: { sub: mayAct } }),
    task: run.task,
    run: run.run,
    txn: run.txn,
    sid: run.sid,
    ...(scope === undefined ? {} : { scope }),
    cnf: token.confirmation,
  };
}

/** The user, or without one the agent at the start of the chain */
function subjectOf({ user, chain, spiffeId }: Run): { readonly sub: string; readonly sub_id: SubjectId } {
  if (user !== null) return { sub: user.subject, sub_id: subjectIdOf(user) };
  const first = chain[0]?.spiffeId ?? spiffeId;
  return { sub: first, sub_id: { format: "uri", uri: first } };
}

/** RFC 8693 section 4.1: the current actor outermost, the first delegator innermost */
function actorOf({ chain, spiffeId }: Run): Actor {
  const [first, ...rest] = [...chain.map((hop) => hop.spiffeId), spiffeId];
  return rest.reduce<Actor>((act, sub) => ({ sub, act }), { sub: first as string });
}
