import type { OAuthError } from "./oauth-error";
import { OPERATOR_REASONS } from "./operator-reasons";
import { PEOPLE_REASONS } from "./people-reasons";

/** For what the exchange refuses before or after the policy is asked. Texts as in `REASONS`. */
export const EXCHANGE_REASONS = {
  ...OPERATOR_REASONS,
  "client.unauthenticated": {
    error: "invalid_client",
    what: "the client is not authenticated",
    fix: "connect with an X.509-SVID of the trust domain, or send a JWT-SVID whose only audience is the issuer",
  },
  "request.malformed": {
    error: "invalid_request",
    what: "the request is not one of RFC 8693 or RFC 6749",
    fix: "send each parameter once, form encoded, and only those of docs/exchange.md",
  },
  "request.grant-type": {
    error: "unsupported_grant_type",
    what: "the grant type is not supported",
    fix: "use token-exchange with evidence, or client_credentials without",
  },
  "request.too-large": {
    error: "invalid_request",
    what: "the request is larger than any that is looked at",
    fix: "send less",
  },
  "request.too-many": {
    error: "temporarily_unavailable",
    what: "too many requests of this kind by the caller are in progress",
    fix: "wait for their answers, and send fewer at once",
  },
  "details.malformed": {
    error: "invalid_authorization_details",
    what: "authorization_details do not name one task",
    fix: "send an array of one object of type ambit_task with the members of docs/exchange.md",
  },
  "audience.malformed": {
    error: "invalid_target",
    what: "the audience is not served",
    fix: "send exactly one audience: exchange, aws or tool:<name>",
  },
  "scope.too-wide": {
    error: "invalid_scope",
    what: "the scope has an action that the task, or an edge of the chain, does not allow",
    fix: "leave it out of scope, or grant it",
  },
  "binding.missing": {
    error: "invalid_request",
    what: "nothing binds the token to its holder",
    fix: "send a DPoP proof, or connect with an X.509-SVID",
  },
  "dpop.invalid": {
    error: "invalid_dpop_proof",
    what: "the DPoP proof is not sound",
    fix: "make a new proof for this method and address with the present time",
  },
  "dpop.replayed": {
    error: "invalid_dpop_proof",
    what: "the DPoP proof was used before",
    fix: "make a new proof for each request",
  },
  "evidence.missing": {
    error: "invalid_request",
    what: "nothing proves the start",
    fix: "send the evidence of the start as subject_token",
  },
  "evidence.malformed": {
    error: "invalid_grant",
    what: "the subject token is no sound JWT",
    fix: "send the token as its issuer made it",
  },
  "evidence.issuer-unknown": {
    error: "invalid_grant",
    what: "the platform does not trust the subject token's issuer for this start",
    fix: "declare the issuer or starter in the platform",
  },
  "evidence.signature": {
    error: "invalid_grant",
    what: "the subject token's signature is not its issuer's",
    fix: "send the token as its issuer made it, signed with a key that the issuer publishes",
  },
  "evidence.keys-unavailable": {
    error: "temporarily_unavailable",
    what: "the keys of the subject token's issuer could not be read",
    fix: "look at the issuer's jwks address; nothing is issued without its keys",
  },
  "evidence.audience": {
    error: "invalid_grant",
    what: "the subject token has another audience",
    fix: "get one whose only audience is the exchange",
  },
  "evidence.expired": { error: "invalid_grant", what: "the subject token has expired", fix: "get a new one" },
  "evidence.too-long": {
    error: "invalid_grant",
    what: "the start token lives for too long",
    fix: "let it live for at most 5 minutes",
  },
  "evidence.too-old": {
    error: "invalid_grant",
    what: "the subject token was issued too long ago",
    fix: "get a new one",
  },
  "evidence.from-future": {
    error: "invalid_grant",
    what: "the subject token was issued in the future",
    fix: "set the clocks right",
  },
  "evidence.type": {
    error: "invalid_grant",
    what: "the subject token is of another type",
    fix: "send the type that docs/exchange.md names for this start",
  },
  "evidence.starter-unknown": {
    error: "invalid_grant",
    what: "the starter is not declared for this start",
    fix: "declare it in the platform",
  },
  "evidence.replayed": {
    error: "invalid_grant",
    what: "the subject token has begun a run before",
    fix: "let the starter, or the delegator, make a new one: each begins one run",
  },
  "evidence.other-agent": {
    error: "invalid_grant",
    what: "the subject token names another agent",
    fix: "get one that names this agent in may_act, or whose client is on the agent's list",
  },
  "evidence.other-task": {
    error: "invalid_grant",
    what: "the subject token names another task",
    fix: "get one that names this task",
  },
  "parent.not-exchangeable": {
    error: "invalid_grant",
    what: "a token for this audience is never exchanged",
    fix: "let the delegator ask for audience exchange and name its delegate",
  },
  "delegation.not-served": {
    error: "access_denied",
    what: "no way in serves the delegate's task, so that no message to it is seen",
    fix: "declare the task in serves of the delegate, and sign the registry anew",
  },
  "mark.reserved": {
    error: "access_denied",
    what: "a read waits for credentials that could write below it to expire, and none are issued in its way",
    fix: "ask again after retry_after seconds; what was read by then cannot be written lower",
  },
  "run.unknown": {
    error: "invalid_grant",
    what: "no such run of this agent and task is known",
    fix: "start a new run with evidence of its start",
  },
  "way.undeclared": {
    error: "access_denied",
    what: "no way in of this name serves the run's task",
    fix: "name the way in that the request came by, or declare it with this task in serves of the agent",
  },
  "answer.above-clearance": {
    error: "access_denied",
    what: "the session has read what is above the clearance of the way in",
    fix: "answer in a clean session, raise the clearance of the way in, or let the task read less",
  },
  "approval.too-many": {
    error: "access_denied",
    what: "32 requests of this agent, user and task wait for people already",
    fix: "wait until people have decided on some, or until they are over; ask again only for what is really to be done",
  },
  "approval.unverifiable": {
    error: "access_denied",
    what: "the approval does not belong to the call's run, or no person gave it",
    fix: "leave AuthZEN-Approval out: what people decided on exactly this call counts without it",
  },
  "approval.refused": { error: "access_denied", what: "the approvers refused this request", fix: "do something else" },
  "approval.above-clearance": {
    error: "access_denied",
    what: "the session has read, or the call may show, what no approver of the group is cleared for",
    fix: "ask in a clean session, or raise the clearance of the group in approvers of the platform",
  },
  "token.invalid": {
    error: "invalid_token",
    what: "the access token is not sound, or not bound to the caller",
    fix: "get a new one",
  },
  "token.session-ended": {
    error: "invalid_token",
    what: "the session of the token has ended",
    fix: "start a new run: the token belongs to a session that is over",
  },
  "token.other-agent": {
    error: "invalid_grant",
    what: "the token was issued to another agent",
    fix: "let the agent that it was issued to revoke it",
  },
  "caller.not-listed": {
    error: "unauthorized_client",
    what: "the caller may not use this endpoint",
    fix: "list its SPIFFE ID in the exchange's configuration",
  },
  "aws.not-granted": {
    error: "invalid_target",
    what: "the task has no AWS data",
    fix: "grant the task a dataset in AWS",
  },
  "aws.policy-too-large": {
    error: "access_denied",
    what: "session policy and tags are larger than STS packs",
    fix: "split the task, so that each has less data",
  },
  "aws.refused": {
    error: "access_denied",
    what: "STS refused the role",
    fix: "look at the role's trust policy, and whether the agent was killed",
  },
  "aws.unavailable": { error: "temporarily_unavailable", what: "STS did not answer", fix: "try again" },
  "transaction.subject": {
    error: "invalid_grant",
    what: "the subject token is for no tool",
    fix: "send the access token that a tool was called with, or a transaction token",
  },
  "transaction.ended": {
    error: "invalid_grant",
    what: "what the subject token belongs to is over, or was stopped",
    fix: "start a new run",
  },
  "transaction.context": {
    error: "invalid_request",
    what: "request_details and request_context must be JSON objects of at most 4 KiB, of a first transaction token only",
    fix: "send less, and none of it to replace a transaction token",
  },
  "transaction.hops": {
    error: "invalid_grant",
    what: "the transaction token was replaced too often",
    fix: "pass it on as it is: at most 8 replacements follow each other",
  },
  "outbound.undeclared": {
    error: "invalid_target",
    what: "no identity is configured that the tool could be called with",
    fix: "name the tool, or the service that it acts as, in outbound of the exchange",
  },
  "outbound.failed": {
    error: "temporarily_unavailable",
    what: "no credential for the tool could be got",
    fix: "look at the exchange's log: the credential's server refused, or gave an invalid answer",
  },
  "registry.unavailable": {
    error: "temporarily_unavailable",
    what: "there is no registry whose signature holds",
    fix: "publish the registry with ambit registry sign",
  },
  "signer.unavailable": {
    error: "temporarily_unavailable",
    what: "the signing key did not answer",
    fix: "look at KMS; nothing is issued",
  },
  "audit.behind": {
    error: "temporarily_unavailable",
    what: "the audit log is too far behind what is on record",
    fix: "look at the log's storage and at audit.failed or audit.forked in the exchange's log; only what takes rights away is written until it has caught up",
  },
  "audit.unwitnessed": {
    error: "temporarily_unavailable",
    what: "no witness has cosigned the audit log for too long",
    fix: "look at audit.witness-failed in the exchange's log, and have the witness brought back; only what takes rights away is written until it has cosigned",
  },
  "store.unavailable": {
    error: "temporarily_unavailable",
    what: "the state could not be read or written",
    fix: "bring the state store back; nothing is issued without it",
  },
  "store.conflict": {
    error: "temporarily_unavailable",
    what: "too many requests changed the same state at once",
    fix: "try again",
  },
  "store.restored": {
    error: "temporarily_unavailable",
    what: "the state store is not the one that was used before",
    fix: "if it was restored on purpose, rotate the keys and run ambit epoch bump",
  },
  "store.of-before": {
    error: "temporarily_unavailable",
    what: "the session was kept by an exchange of before, which counted otherwise what its agent learns",
    fix: "run ambit epoch bump once no exchange of before is running: sessions begin anew",
  },
  "exchange.error": {
    error: "temporarily_unavailable",
    what: "the exchange failed",
    fix: "look at its log; nothing was issued",
  },
  ...PEOPLE_REASONS,
} as const satisfies Readonly<
  Record<string, { readonly error: OAuthError; readonly what: string; readonly fix: string }>
>;

export type ExchangeReasonCode = keyof typeof EXCHANGE_REASONS;
