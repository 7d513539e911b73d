import type { Confirmation } from "../identity/caller";
import type { SubjectId } from "./subject-id";

/** RFC 8693 section 4.1: the current actor outermost */
export interface Actor {
  readonly sub: string;
  readonly act?: Actor;
}

/** Claims of a token that the exchange issues (docs/exchange.md) */
export interface AccessTokenClaims {
  readonly iss: string;
  readonly sub: string;
  readonly sub_id: SubjectId;
  /** `exchange`, `aws` or `tool:<name>` */
  readonly aud: string;
  /** SPIFFE ID of the agent */
  readonly client_id: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
  readonly act: Actor;
  readonly may_act?: { readonly sub: string };
  readonly task: string;
  readonly run: string;
  readonly txn: string;
  readonly sid: string;
  readonly scope?: string;
  readonly cnf: Confirmation;
}

export const ACCESS_TOKEN_TYPE = "at+jwt";
