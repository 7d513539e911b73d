import { createHash } from "node:crypto";
import type { AuditEvent } from "../../audit/audit";
import type { Refusal } from "../../refusal/refusal";
import { userDigest } from "../../store/user-digest";
import { userOf } from "../../token/subject-id";
import type { TxnRequest } from "./txn-request";
import type { TxnTokenClaims } from "./txn-token";

export interface TxnIssued {
  readonly claims: TxnTokenClaims;
  readonly token: string;
  readonly request: TxnRequest;
}

/** What is known of a request by the time it is refused */
export interface RefusedTxn {
  /** SPIFFE ID of who asks */
  readonly service: string;
  /** Digest of a token that is recorded as issued but was not delivered */
  token?: string;
}

/** Written before the token goes out. Of tokens and context there are digests in it. */
export function txnIssued({ claims, token, request }: TxnIssued): AuditEvent {
  const { tctx, rctx } = claims;
  const user = userOf(claims.sub_id);
  return {
    kind: "txn.issued",
    time: claims.iat,
    facts: {
      service: claims.req_wl,
      from: request.kind,
      subject: digestOf(request.subjectToken),
      token: digestOf(token),
      txn: claims.txn,
      agent: tctx.agent,
      task: tctx.task,
      tool: tctx.tool,
      chain: tctx.chain.map(({ agent, task }) => ({ agent, task })),
      user: user && userDigest(user),
      scope: claims.scope,
      details: tctx.details === undefined ? null : digestOf(JSON.stringify(tctx.details)),
      context: rctx === undefined ? null : digestOf(JSON.stringify(rctx)),
      hops: claims.hops,
      expiresAt: claims.exp,
    },
  };
}

export function txnRefused(known: RefusedTxn, { error, reasons }: Refusal, time: number): AuditEvent {
  return { kind: "txn.refused", time, facts: { ...known, error, codes: reasons.map(({ code }) => code) } };
}

export function digestOf(value: string): string {
  return createHash("sha256").update(value).digest("base64url");
}
