import { ACCESS_TOKEN_URN, JWT_URN, TOKEN_EXCHANGE_GRANT } from "../token/token-answer";
import type { Cause, Wanted } from "./exchange-client";

/** What the exchange is asked for a token or a run with: the evidence of its start, where there is some */
export function tokenForm(cause: Cause, wanted?: Wanted): string {
  const { evidence, ...begun } = "start" in cause ? cause : { ...cause, evidence: undefined };
  const form = new URLSearchParams({
    grant_type: evidence === undefined ? "client_credentials" : TOKEN_EXCHANGE_GRANT,
    authorization_details: JSON.stringify([{ type: "ambit_task", ...begun, delegate: wanted?.delegate }]),
  });
  if (wanted !== undefined) form.set("audience", wanted.audience);
  if (wanted?.scope !== undefined) form.set("scope", wanted.scope.join(" "));
  if (evidence !== undefined && "start" in cause) {
    form.set("subject_token", evidence);
    form.set("subject_token_type", cause.start === "user" || cause.start === "delegation" ? ACCESS_TOKEN_URN : JWT_URN);
  }
  return form.toString();
}
