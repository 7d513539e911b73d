import { Refusal } from "../../refusal/refusal";
import type { Form } from "../../token/token-answer";

const AUDIENCE = "audience";
const SHOWN_CHARACTERS = 40;

/**
 * Parameters by name. Empty ones are omitted, as RFC 6749 section 3.2 says; unknown ones are ignored.
 *
 * @throws Refusal if one is sent twice
 */
export function parametersOf(form: Form): ReadonlyMap<string, string> {
  const seen = new Set<string>();
  const parameters = new Map<string, string>();
  for (const [name, value] of form) {
    if (seen.has(name)) throw twice(name);
    seen.add(name);
    if (value !== "") parameters.set(name, value);
  }
  return parameters;
}

function twice(name: string): Refusal {
  if (name === AUDIENCE) return Refusal.of("audience.malformed", "audience is sent more than once");
  return Refusal.of("request.malformed", `${shownName(name)} is sent more than once`);
}

/** Fit for `error_description` (RFC 6749 section 5.2) */
function shownName(name: string): string {
  return /^[a-z_-]+$/i.test(name) && name.length <= SHOWN_CHARACTERS ? name : "a parameter";
}
