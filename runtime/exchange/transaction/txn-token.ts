import { z } from "zod";
import { isRecord } from "../../../domain/is-record";
import type { JsonObject } from "../../jose/json";
import type { Actor } from "../../token/access-token";
import { actor, isOneSubject, subjectId, text, time } from "../../token/claims-schema";
import type { SubjectId } from "../../token/subject-id";

/** Header `typ` of draft-ietf-oauth-transaction-tokens-10 */
export const TXN_TOKEN_TYPE = "txntoken+jwt";
export const TXN_TOKEN_URN = "urn:ietf:params:oauth:token-type:txn_token";
/** Seconds */
export const TXN_TOKEN_SECONDS = 60;
/** Replacements that follow each other */
export const MOST_HOPS = 8;

/** Context of the call. Services that pass the token on cannot change it. */
export interface TransactionContext {
  /** Name of the agent that called the tool */
  readonly agent: string;
  readonly task: string;
  /** Id of the run that called it */
  readonly run: string;
  readonly tool: string;
  /** Delegators, the first one first */
  readonly chain: readonly { readonly agent: string; readonly task: string }[];
  /** `request_details` of the requester of the first token */
  readonly details?: JsonObject;
}

/** Claims of a transaction token (docs/context-across-hops.md) */
export interface TxnTokenClaims {
  readonly iss: string;
  /** The trust domain */
  readonly aud: string;
  readonly iat: number;
  readonly exp: number;
  readonly txn: string;
  readonly sub: string;
  readonly sub_id: SubjectId;
  readonly act: Actor;
  /** Names of actions, parted by single spaces */
  readonly scope: string;
  /** SPIFFE ID of the service that asked for it */
  readonly req_wl: string;
  readonly tctx: TransactionContext;
  /** `request_context` of the requester of the first token */
  readonly rctx?: JsonObject;
  /** Number of replacements before it */
  readonly hops: number;
}

const object = z.custom<JsonObject>(isRecord);

const CLAIMS = z
  .strictObject({
    iss: text,
    aud: text,
    iat: time,
    exp: time,
    txn: text,
    sub: text,
    sub_id: subjectId,
    act: actor,
    scope: text,
    req_wl: text,
    tctx: z.strictObject({
      agent: text,
      task: text,
      run: text,
      tool: text,
      chain: z.array(z.strictObject({ agent: text, task: text })),
      details: object.optional(),
    }),
    rctx: object.optional(),
    hops: z.int().min(0).max(MOST_HOPS),
  })
  .refine(isOneSubject)
  .refine(({ exp, iat }) => exp > iat && exp - iat <= TXN_TOKEN_SECONDS);

/** The claims as they were read, where they are of the shape that the exchange issues; otherwise undefined */
export function txnTokenClaims(claims: JsonObject): TxnTokenClaims | undefined {
  // Not what zod gives: a copy might leave something out, and context stays to the byte.
  return CLAIMS.safeParse(claims).success ? (claims as unknown as TxnTokenClaims) : undefined;
}
