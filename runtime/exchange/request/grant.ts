import type { Caller } from "../../identity/caller";
import { Refusal } from "../../refusal/refusal";
import { ACCESS_TOKEN_URN, JWT_URN, TOKEN_EXCHANGE_GRANT } from "../../token/token-answer";

const CLIENT_CREDENTIALS = "client_credentials";

/** The grants that are served, as metadata lists them */
export const GRANT_TYPES = [TOKEN_EXCHANGE_GRANT, CLIENT_CREDENTIALS] as const;

export interface SubjectToken {
  readonly token: string;
  /** As sent, unvalidated */
  readonly type: string;
}

export interface Grant {
  /** There exactly for token exchange */
  readonly subjectToken: SubjectToken | undefined;
  readonly requestedType: typeof ACCESS_TOKEN_URN | typeof JWT_URN;
}

/** @throws Refusal */
export function grantOf(parameters: ReadonlyMap<string, string>, caller: Caller): Grant {
  const client = parameters.get("client_id");
  if (client !== undefined && client !== caller.spiffeId) throw Refusal.of("client.unauthenticated");
  const type = parameters.get("grant_type");
  if (type === undefined) throw Refusal.of("request.malformed", "grant_type is missing");
  if (type !== TOKEN_EXCHANGE_GRANT && type !== CLIENT_CREDENTIALS) throw Refusal.of("request.grant-type");
  refuseOthers(parameters);
  return {
    subjectToken: type === TOKEN_EXCHANGE_GRANT ? subjectTokenOf(parameters) : noSubjectToken(parameters),
    requestedType: requestedTypeOf(parameters),
  };
}

function refuseOthers(parameters: ReadonlyMap<string, string>): void {
  if (parameters.has("resource")) {
    throw Refusal.of("audience.malformed", "resource is not served: name the audience alone");
  }
  for (const name of ["actor_token", "actor_token_type"]) {
    if (!parameters.has(name)) continue;
    throw Refusal.of("request.malformed", `${name} is not served: the actor is the authenticated client`);
  }
}

function subjectTokenOf(parameters: ReadonlyMap<string, string>): SubjectToken {
  const token = parameters.get("subject_token");
  const type = parameters.get("subject_token_type");
  if (token === undefined) throw Refusal.of("evidence.missing");
  if (type === undefined) throw Refusal.of("request.malformed", "subject_token_type is missing");
  return { token, type };
}

function noSubjectToken(parameters: ReadonlyMap<string, string>): undefined {
  for (const name of ["subject_token", "subject_token_type"]) {
    if (!parameters.has(name)) continue;
    throw Refusal.of("request.malformed", `${name} belongs to token exchange, not to client_credentials`);
  }
}

function requestedTypeOf(parameters: ReadonlyMap<string, string>): Grant["requestedType"] {
  const type = parameters.get("requested_token_type") ?? ACCESS_TOKEN_URN;
  if (type === ACCESS_TOKEN_URN || type === JWT_URN) return type;
  throw Refusal.of("request.malformed", "requested_token_type must be access_token or jwt of RFC 8693");
}
