import type { Caller, Confirmation } from "../../identity/caller";
import { Refusal } from "../../refusal/refusal";
import type { Form } from "../../token/token-answer";
import { type Audience, audienceOf } from "./audience";
import { type Beginning, beginningOf } from "./beginning";
import { type Details, detailsOf, malformed } from "./details";
import { type Grant, grantOf } from "./grant";
import { parametersOf } from "./parameters";
import { scopeOf } from "./scope";

/** A validated token request; nothing is granted yet */
export interface TokenRequest {
  readonly task: string;
  readonly beginning: Beginning;
  readonly audience: Audience;
  /** `<agent>.<task>`; there exactly for audience `exchange` */
  readonly delegate: string | undefined;
  /** Actions wanted; undefined for all that are allowed */
  readonly scope: readonly string[] | undefined;
  readonly requestedType: Grant["requestedType"];
  readonly confirmation: Confirmation;
}

/** @throws Refusal */
export function tokenRequestOf(form: Form, caller: Caller): TokenRequest {
  const parameters = parametersOf(form);
  const { subjectToken, requestedType } = grantOf(parameters, caller);
  const audience = audienceOf(parameters);
  const details = detailsOf(parameters);
  const { confirmation } = caller;
  if (confirmation === undefined) throw Refusal.of("binding.missing");
  return {
    task: details.task,
    beginning: beginningOf(details, subjectToken),
    audience,
    delegate: delegateOf(details, audience),
    scope: scopeOf(parameters, audience),
    requestedType,
    confirmation,
  };
}

function delegateOf({ delegate }: Details, { kind }: Audience): string | undefined {
  if (kind === "exchange" && delegate === undefined) throw malformed("delegate is missing for audience exchange");
  if (kind !== "exchange" && delegate !== undefined) throw malformed("delegate is for audience exchange only");
  return delegate;
}
