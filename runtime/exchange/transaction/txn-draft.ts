import { Refusal } from "../../refusal/refusal";
import type { Run } from "../../session/session";
import type { AccessTokenClaims } from "../../token/access-token";
import type { TxnRequest } from "./txn-request";
import { MOST_HOPS, TXN_TOKEN_SECONDS, type TransactionContext, type TxnTokenClaims } from "./txn-token";

export interface TxnDraftProps {
  readonly request: TxnRequest;
  /** SPIFFE ID of who asks */
  readonly service: string;
  readonly trustDomain: string;
  /** Whole seconds since the epoch */
  readonly now: number;
}

const TOOL = "tool:";

/**
 * What a first transaction token says: what the tool token says, and who it was handed on by.
 *
 * @param claims of a tool token that is good and stands
 * @param run that it belongs to
 * @throws Refusal `transaction.subject`, `scope.too-wide`
 */
export function firstTxnToken(claims: AccessTokenClaims, run: Run, props: TxnDraftProps): TxnTokenClaims {
  if (!claims.aud.startsWith(TOOL)) throw Refusal.of("transaction.subject");
  const { request, service, trustDomain, now } = props;
  const { details, context } = request;
  const tctx: TransactionContext = {
    agent: run.agent,
    task: run.task,
    run: run.run,
    tool: claims.aud.slice(TOOL.length),
    chain: run.chain.map(({ agent, task }) => ({ agent, task })),
    ...(details === undefined ? {} : { details }),
  };
  return {
    iss: claims.iss,
    aud: trustDomain,
    iat: now,
    exp: Math.min(now + TXN_TOKEN_SECONDS, claims.exp),
    txn: claims.txn,
    sub: claims.sub,
    sub_id: claims.sub_id,
    act: claims.act,
    scope: narrowed(claims.scope ?? "", request),
    req_wl: service,
    tctx,
    ...(context === undefined ? {} : { rctx: context }),
    hops: 0,
  };
}

/**
 * A replacement for the next service, with the same call context.
 *
 * @param claims of a transaction token that is valid and not revoked
 * @throws Refusal `transaction.hops`, `scope.too-wide`
 */
export function nextTxnToken(claims: TxnTokenClaims, { request, service, now }: TxnDraftProps): TxnTokenClaims {
  if (claims.hops >= MOST_HOPS) throw Refusal.of("transaction.hops");
  return {
    ...claims,
    iat: now,
    exp: Math.min(now + TXN_TOKEN_SECONDS, claims.exp),
    scope: narrowed(claims.scope, request),
    req_wl: service,
    hops: claims.hops + 1,
  };
}

/** In the order of the subject token's, each once */
function narrowed(allowed: string, { scope }: TxnRequest): string {
  const names = allowed.split(" ");
  const beyond = [...scope].some((name) => !names.includes(name));
  if (beyond) throw Refusal.of("scope.too-wide", "the scope has an action that the subject token does not have");
  return names.filter((name) => scope.has(name)).join(" ");
}
