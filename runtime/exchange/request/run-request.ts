import type { Caller } from "../../identity/caller";
import { Refusal } from "../../refusal/refusal";
import type { Form } from "../../token/token-answer";
import { joiningOf, type JoiningRun, type Starting, startingOf } from "./beginning";
import { detailsOf, malformed } from "./details";
import { grantOf } from "./grant";
import { parametersOf } from "./parameters";

/** Parameters of `/token` that say what the token is to be */
const OF_TOKENS = ["audience", "resource", "scope", "requested_token_type"];

/** A validated request to begin or join a run without a token; nothing is granted yet */
export interface RunRequest {
  readonly task: string;
  readonly beginning: JoiningRun | Starting;
}

/** @throws Refusal */
export function runRequestOf(form: Form, caller: Caller): RunRequest {
  const parameters = parametersOf(form);
  for (const name of OF_TOKENS) {
    if (parameters.has(name)) throw Refusal.of("request.malformed", `${name} is for a token: leave it out at /runs`);
  }
  const { subjectToken } = grantOf(parameters, caller);
  const details = detailsOf(parameters);
  const { task, run, delegate } = details;
  if (delegate !== undefined) throw malformed("delegate is for a token: leave it out at /runs");
  refuseBareAssertion(caller);
  const beginning = run === undefined ? startingOf(details, subjectToken) : joiningOf(details, run, subjectToken);
  return { task, beginning };
}

/**
 * A reader of a request with a JWT-SVID alone could send it again as it is, as long as the SVID is good: a user's token would
 * begin run after run, and other evidence be used up. A proof is good once, and a certificate proves a key with each connection.
 */
function refuseBareAssertion({ confirmation }: Caller): void {
  if (confirmation !== undefined) return;
  throw Refusal.of("binding.missing", "a JWT-SVID alone does not show that this request is sent for the first time");
}
