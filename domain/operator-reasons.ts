import type { OAuthError } from "./oauth-error";

/** For what the exchange refuses to operators: docs/exchange.md, "The operator interface". Texts as in `REASONS`. */
export const OPERATOR_REASONS = {
  "operator.unauthenticated": {
    error: "invalid_client",
    what: "the operator is not authenticated",
    fix: "send the ID token of a person of the platform's operators as Bearer, or an order that the kill switch signed for this very body",
  },
  "operator.not-listed": {
    error: "unauthorized_client",
    what: "the person is in no group of the platform's operators",
    fix: "ask a person of people.operators, or list the group there",
  },
  "operator.not-allowed": {
    error: "unauthorized_client",
    what: "the kill switch may only revoke",
    fix: "let a person of the platform's operators do it",
  },
  "operator.order-replayed": {
    error: "invalid_client",
    what: "the kill switch's order was used before",
    fix: "let it sign a new one: each order is good once",
  },
  "revocation.malformed": {
    error: "invalid_request",
    what: "the order does not say what to stop or to restore, and why",
    fix: "send kind, id (or user with issuer and subject) and reason, as docs/exchange.md has them",
  },
  "revocation.target-unknown": {
    error: "invalid_target",
    what: "nothing of this name is known",
    fix: "look for the name in the registry, or in the audit records",
  },
  "restoration.not-revoked": {
    error: "invalid_target",
    what: "it is not revoked, so there is nothing to restore",
    fix: "look at what is revoked: GET /operator/revocations",
  },
  "restoration.ordered-again": {
    error: "access_denied",
    what: "it was ordered stopped again since the caller looked, or the caller does not say which order it has seen",
    fix: "read GET /operator/revocations again, and where it may still act, send last_ordered_at as it is there",
  },
  "restoration.too-early": {
    error: "access_denied",
    what: "what was given to it before the stop may still be good",
    fix: "ask again after retry_after seconds",
  },
  "erasure.malformed": {
    error: "invalid_request",
    what: "the order does not say who is to be erased, and why",
    fix: "send user with issuer and subject, and reason, one line of 1 to 500 visible characters",
  },
  "erasure.unknown-person": {
    error: "invalid_target",
    what: "there is no key of this person: they are on no record, or were erased",
    fix: "look for the record person.erased, and at how issuer and subject are spelt",
  },
} as const satisfies Readonly<
  Record<string, { readonly error: OAuthError; readonly what: string; readonly fix: string }>
>;
