import type { OAuthError } from "./oauth-error";

/** For what the exchange refuses to operators: docs/exchange.md, "The operator interface". Texts as in `REASONS`. */
export const OPERATOR_REASONS = {
  "operator.unauthenticated": [
    "invalid_client",
    "the operator is not authenticated",
    "send the ID token of a person of the platform's operators as Bearer, or an order that the kill switch signed for this very body",
  ],
  "operator.not-listed": [
    "unauthorized_client",
    "the person is in no group of the platform's operators",
    "ask a person of people.operators, or list the group there",
  ],
  "operator.not-allowed": [
    "unauthorized_client",
    "the kill switch revokes, and does nothing else",
    "let a person of the platform's operators do it",
  ],
  "operator.order-replayed": [
    "invalid_client",
    "the kill switch's order was used before",
    "let it sign a new one: each order is good once",
  ],
  "revocation.malformed": [
    "invalid_request",
    "the order does not say what to stop or to restore, and why",
    "send kind, id (or user with issuer and subject) and reason, as docs/exchange.md has them",
  ],
  "revocation.target-unknown": [
    "invalid_target",
    "nothing of this name is known",
    "look for the name in the registry, or in the audit records",
  ],
  "restoration.not-revoked": [
    "invalid_target",
    "it is not revoked, so there is nothing to restore",
    "look at what is revoked: GET /operator/revocations",
  ],
  "restoration.ordered-again": [
    "access_denied",
    "it was ordered stopped again since the caller looked, or the caller does not say which order it has seen",
    "read GET /operator/revocations again, and where it may still act, send last_ordered_at as it is there",
  ],
  "restoration.too-early": [
    "access_denied",
    "what was given to it before the stop may still be good",
    "ask again after retry_after seconds",
  ],
  "erasure.malformed": [
    "invalid_request",
    "the order does not say who is to be erased, and why",
    "send user with issuer and subject, and reason, one line of 1 to 500 visible characters",
  ],
  "erasure.unknown-person": [
    "invalid_target",
    "there is no key of this person: they are on no record, or were erased",
    "look for the record person.erased, and at how issuer and subject are spelt",
  ],
} as const satisfies Readonly<Record<string, readonly [error: OAuthError, what: string, fix: string]>>;
