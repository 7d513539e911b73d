import type { Run } from "../../session/session";
import type { RunAnswer, TokenAnswer } from "../../token/token-answer";
import type { TokenRequest } from "../request/token-request";
import type { Draft } from "./draft";

/** The response to the client, with the granted scope */
export function answerOf(token: string, request: TokenRequest, { claims, run }: Draft): TokenAnswer {
  const { delegate, requestedType } = request;
  return {
    access_token: token,
    issued_token_type: requestedType,
    token_type: "jkt" in claims.cnf ? "DPoP" : "Bearer",
    expires_in: claims.exp - claims.iat,
    ...(claims.scope === undefined ? {} : { scope: claims.scope }),
    authorization_details: [
      {
        type: "ambit_task",
        ...runAnswerOf(run),
        ...(delegate === undefined ? {} : { delegate }),
      },
    ],
  };
}

/** By which the client goes on with it */
export function runAnswerOf({ task, start, run, txn, sid, expiresAt }: Run): RunAnswer {
  return { task, start, run, txn, sid, run_expires_at: expiresAt };
}
