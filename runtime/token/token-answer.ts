import type { Start } from "../../domain";
import type { Caller } from "../identity/caller";

/** Grant and types of tokens, RFC 8693 sections 2.1 and 3 */
export const TOKEN_EXCHANGE_GRANT = "urn:ietf:params:oauth:grant-type:token-exchange";
export const ACCESS_TOKEN_URN = "urn:ietf:params:oauth:token-type:access_token";
export const JWT_URN = "urn:ietf:params:oauth:token-type:jwt";

/** Decoded pairs of a form, in the order sent, repeated names included */
export type Form = readonly (readonly [name: string, value: string])[];

/** RFC 8693 section 2.2.1, with `authorization_details` of RFC 9396 section 7 */
export interface TokenAnswer {
  readonly access_token: string;
  /** As requested; every token is an access token and a JWT */
  readonly issued_token_type: typeof ACCESS_TOKEN_URN | typeof JWT_URN;
  readonly token_type: "Bearer" | "DPoP";
  /** Seconds */
  readonly expires_in: number;
  /** Always there where the token has one */
  readonly scope?: string;
  readonly authorization_details: readonly [IssuedDetails];
}

/** The agent's view of a run */
export interface RunAnswer {
  readonly task: string;
  /** How the run began */
  readonly start: Start;
  /** Names the run where it goes on */
  readonly run: string;
  /** Names the transaction; the same along a chain */
  readonly txn: string;
  /** The session that the run belongs to */
  readonly sid: string;
  /** End of the run, even if work goes on: whole seconds since the epoch */
  readonly run_expires_at: number;
}

/** What was asked for, with the run that it belongs to */
export interface IssuedDetails extends RunAnswer {
  readonly type: "ambit_task";
  readonly delegate?: string;
}

/** `POST /token`, behind parsing and authentication */
export interface TokenService {
  /** @throws Refusal, and no other error */
  token(form: Form, caller: Caller): Promise<TokenAnswer>;
}

/** A run that began, or that a request joined */
export interface GrantedRun {
  readonly run: RunAnswer;
  readonly joined: boolean;
}

/** Runs that may go on no more, and why */
export interface StoppedRuns {
  readonly stopped: readonly { readonly run: string; readonly codes: readonly string[] }[];
}

/** `POST /runs/answers`, `/runs/parts` and `/runs/open`, behind parsing and authentication */
export interface MessageService {
  /**
   * If this returns, an answer, or its next part, may go out.
   *
   * @throws Refusal, and no other error
   */
  answer(form: Form, caller: Caller): Promise<void>;

  /**
   * Which of the open runs were stopped
   *
   * @throws Refusal, and no other error
   */
  stopped(form: Form, caller: Caller): Promise<StoppedRuns>;

  /**
   * If this returns, a further part of a request may go to the agent.
   *
   * @throws Refusal, and no other error
   */
  part(form: Form, caller: Caller): Promise<void>;
}

/** `POST /runs`, behind parsing and authentication */
export interface RunService {
  /** @throws Refusal, and no other error */
  begin(form: Form, caller: Caller): Promise<GrantedRun>;
}
