import type { OAuthError } from "./oauth-error";
import { OPERATOR_REASONS } from "./operator-reasons";
import { PEOPLE_REASONS } from "./people-reasons";

/** For what the exchange refuses before or after the policy is asked. Texts as in `REASONS`. */
export const EXCHANGE_REASONS = {
  ...OPERATOR_REASONS,
  "client.unauthenticated": [
    "invalid_client",
    "the client is not authenticated",
    "connect with an X.509-SVID of the trust domain, or send a JWT-SVID whose only audience is the issuer",
  ],
  "request.malformed": [
    "invalid_request",
    "the request is not one of RFC 8693 or RFC 6749",
    "send each parameter once, form encoded, and only those of docs/exchange.md",
  ],
  "request.grant-type": [
    "unsupported_grant_type",
    "no such grant is served",
    "use token-exchange with evidence, or client_credentials without",
  ],
  "request.too-large": ["invalid_request", "the request is larger than any that is looked at", "send less"],
  "request.too-many": [
    "temporarily_unavailable",
    "too many such requests of the caller are under way",
    "wait for their answers, and send fewer at once",
  ],
  "details.malformed": [
    "invalid_authorization_details",
    "authorization_details do not name one task",
    "send an array of one object of type ambit_task with the members of docs/exchange.md",
  ],
  "audience.malformed": [
    "invalid_target",
    "the audience is none that is served",
    "send exactly one audience: exchange, aws or tool:<name>",
  ],
  "scope.too-wide": [
    "invalid_scope",
    "the scope has an action that the task, or an edge of the chain, does not allow",
    "leave it out of scope, or grant it",
  ],
  "binding.missing": [
    "invalid_request",
    "nothing binds the token to its holder",
    "send a DPoP proof, or connect with an X.509-SVID",
  ],
  "dpop.invalid": [
    "invalid_dpop_proof",
    "the DPoP proof is not sound",
    "make a new proof for this method and address with the present time",
  ],
  "dpop.replayed": ["invalid_dpop_proof", "the DPoP proof was used before", "make a new proof for each request"],
  "evidence.missing": [
    "invalid_request",
    "nothing proves the start",
    "send the evidence of the start as subject_token",
  ],
  "evidence.malformed": ["invalid_grant", "the subject token is no sound JWT", "send the token as its issuer made it"],
  "evidence.issuer-unknown": [
    "invalid_grant",
    "the subject token is of nobody whom the platform trusts for this start",
    "declare the issuer or starter in the platform",
  ],
  "evidence.signature": [
    "invalid_grant",
    "the subject token's signature is not its issuer's",
    "send the token as its issuer made it, signed with a key that the issuer publishes",
  ],
  "evidence.keys-unavailable": [
    "temporarily_unavailable",
    "the keys of the subject token's issuer could not be read",
    "look at the issuer's jwks address; nothing is issued without its keys",
  ],
  "evidence.audience": [
    "invalid_grant",
    "the subject token is for somebody else",
    "get one whose only audience is the exchange",
  ],
  "evidence.expired": ["invalid_grant", "the subject token has expired", "get a new one"],
  "evidence.too-long": ["invalid_grant", "the start token lives for too long", "let it live for at most 5 minutes"],
  "evidence.too-old": ["invalid_grant", "the subject token was issued too long ago", "get a new one"],
  "evidence.from-future": ["invalid_grant", "the subject token was issued in the future", "set the clocks right"],
  "evidence.type": [
    "invalid_grant",
    "the subject token is of another type",
    "send the type that docs/exchange.md names for this start",
  ],
  "evidence.starter-unknown": [
    "invalid_grant",
    "the starter is not declared for this start",
    "declare it in the platform",
  ],
  "evidence.replayed": [
    "invalid_grant",
    "the subject token has begun a run before",
    "let the starter, or the delegator, make a new one: each begins one run",
  ],
  "evidence.other-agent": [
    "invalid_grant",
    "the subject token names another agent",
    "get one that names this agent in may_act, or whose client is on the agent's list",
  ],
  "evidence.other-task": ["invalid_grant", "the subject token names another task", "get one that names this task"],
  "parent.not-exchangeable": [
    "invalid_grant",
    "a token for this audience is never exchanged",
    "let the delegator ask for audience exchange and name its delegate",
  ],
  "delegation.not-served": [
    "access_denied",
    "no way in serves the delegate's task, so that no message to it is seen",
    "declare the task in serves of the delegate, and sign the registry anew",
  ],
  "mark.reserved": [
    "access_denied",
    "a read waits for credentials that could write below it to expire, and none are issued in its way",
    "ask again after retry_after seconds; what was read by then cannot be written lower",
  ],
  "run.unknown": [
    "invalid_grant",
    "no such run of this agent and task is known",
    "start a new run with evidence of its start",
  ],
  "way.undeclared": [
    "access_denied",
    "no way in of this name serves the run's task",
    "name the way in that the request came by, or declare it with this task in serves of the agent",
  ],
  "answer.above-clearance": [
    "access_denied",
    "the session has read what is above the clearance of the way in",
    "answer in a clean session, raise the clearance of the way in, or let the task read less",
  ],
  "approval.too-many": [
    "access_denied",
    "32 requests of this agent, user and task wait for people already",
    "wait until people have decided on some, or until they are over; ask again only for what is really to be done",
  ],
  "approval.unverifiable": [
    "access_denied",
    "the approval that the call shows is none of its run, or no person gave it",
    "leave AuthZEN-Approval out: what people decided on exactly this call counts without it",
  ],
  "approval.refused": ["access_denied", "the approvers refused this request", "do something else"],
  "approval.above-clearance": [
    "access_denied",
    "the session has read, or the call may show, what no approver of the group is cleared for",
    "ask in a clean session, or raise the clearance of the group in approvers of the platform",
  ],
  "token.invalid": ["invalid_token", "the access token is not sound, or not bound to the caller", "get a new one"],
  "token.session-ended": [
    "invalid_token",
    "the session of the token has ended",
    "start a new run: the token belongs to a session that is over",
  ],
  "token.other-agent": [
    "invalid_grant",
    "the token was issued to another agent",
    "let the agent that it was issued to revoke it",
  ],
  "caller.not-listed": [
    "unauthorized_client",
    "the caller may not use this endpoint",
    "list its SPIFFE ID in the exchange's configuration",
  ],
  "aws.not-granted": ["invalid_target", "the task has no AWS data", "grant the task a dataset in AWS"],
  "aws.policy-too-large": [
    "access_denied",
    "session policy and tags are larger than STS packs",
    "split the task, so that each has less data",
  ],
  "aws.refused": [
    "access_denied",
    "STS refused the role",
    "look at the role's trust policy, and whether the agent was killed",
  ],
  "aws.unavailable": ["temporarily_unavailable", "STS did not answer", "try again"],
  "transaction.subject": [
    "invalid_grant",
    "the subject token is for no tool",
    "send the access token that a tool was called with, or a transaction token",
  ],
  "transaction.ended": [
    "invalid_grant",
    "what the subject token belongs to is over, or was stopped",
    "start a new run",
  ],
  "transaction.context": [
    "invalid_request",
    "request_details and request_context must be JSON objects of at most 4 KiB, of a first transaction token only",
    "send less, and nothing of it where a transaction token is replaced",
  ],
  "transaction.hops": [
    "invalid_grant",
    "the transaction token was replaced too often",
    "pass it on as it is: at most 8 replacements follow each other",
  ],
  "outbound.undeclared": [
    "invalid_target",
    "no identity is configured that the tool could be called with",
    "name the tool, or the service that it acts as, in outbound of the exchange",
  ],
  "outbound.failed": [
    "temporarily_unavailable",
    "no credential for the tool could be got",
    "look at the exchange's log: whoever gives the credential refused, or did not answer as it should",
  ],
  "registry.unavailable": [
    "temporarily_unavailable",
    "there is no registry whose signature holds",
    "publish the registry with ambit registry sign",
  ],
  "signer.unavailable": ["temporarily_unavailable", "the signing key did not answer", "look at KMS; nothing is issued"],
  "audit.behind": [
    "temporarily_unavailable",
    "the audit log is too far behind what is on record",
    "look at the log's storage and at audit.failed or audit.forked in the exchange's log; only what takes rights away is written until it has caught up",
  ],
  "audit.unwitnessed": [
    "temporarily_unavailable",
    "no witness has cosigned the audit log for too long",
    "look at audit.witness-failed in the exchange's log, and have the witness brought back; only what takes rights away is written until it has cosigned",
  ],
  "store.unavailable": [
    "temporarily_unavailable",
    "the state could not be read or written",
    "bring the state store back; nothing is issued without it",
  ],
  "store.conflict": ["temporarily_unavailable", "too many requests changed the same state at once", "try again"],
  "store.restored": [
    "temporarily_unavailable",
    "the state store is not the one that was used before",
    "if it was restored on purpose, rotate the keys and run ambit epoch bump",
  ],
  "store.of-before": [
    "temporarily_unavailable",
    "the session was kept by an exchange of before, which counted otherwise what its agent learns",
    "run ambit epoch bump once no exchange of before is running: sessions begin anew",
  ],
  "exchange.error": ["temporarily_unavailable", "the exchange failed", "look at its log; nothing was issued"],
  ...PEOPLE_REASONS,
} as const satisfies Readonly<Record<string, readonly [error: OAuthError, what: string, fix: string]>>;

export type ExchangeReasonCode = keyof typeof EXCHANGE_REASONS;
