import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EXCHANGE_REASONS } from "../../../domain";
import { issuanceRows } from "../../support/exchange/issuance-case";

/** Codes that do not arise where tokens are issued, with the tests that assert them */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "answer.above-clearance": "test/cases/exchange/answers.json",
  "approval.above-clearance": "test/runtime/state/call-approvals.test.ts",
  "approval.refused": "test/runtime/approval/approvals.test.ts",
  "approval.too-many": "test/runtime/approval/approvals.test.ts",
  "approval.unverifiable": "test/runtime/exchange/access-requests/evaluated-again.test.ts",
  "audit.behind": "test/runtime/exchange/http/app.test.ts",
  "audit.unwitnessed": "test/runtime/exchange/http/app.test.ts",
  "aws.policy-too-large": "test/runtime/aws/session-policy.test.ts",
  "aws.refused": "test/runtime/aws/sts.test.ts",
  "aws.unavailable": "test/runtime/aws/sts.test.ts",
  "caller.not-listed": "test/runtime/exchange/http/endpoints.test.ts",
  "dpop.invalid": "test/runtime/identity/dpop.test.ts",
  "operator.not-allowed": "test/runtime/exchange/operator/kill-orders.test.ts",
  "operator.not-listed": "test/runtime/exchange/operator/people.test.ts",
  "operator.order-replayed": "test/runtime/exchange/operator/kill-orders.test.ts",
  "operator.unauthenticated": "test/runtime/exchange/operator/kill-orders.test.ts",
  "revocation.malformed": "test/runtime/exchange/operator/kill-orders.test.ts",
  "revocation.target-unknown": "test/runtime/exchange/operator/kill-orders.test.ts",
  "erasure.malformed": "test/runtime/exchange/operator/erasures.test.ts",
  "erasure.unknown-person": "test/runtime/exchange/operator/erasures.test.ts",
  "outbound.failed": "test/runtime/outbound/outbound.test.ts",
  "outbound.undeclared": "test/runtime/outbound/outbound.test.ts",
  ...Object.fromEntries(
    ["above-clearance", "by-owner", "by-requester", "decided", "no-email", "other-digest", "other-group", "over"].map(
      (code) => [`decide.${code}`, "test/cases/exchange/approvers.json"],
    ),
  ),
  "decide.stopped": "test/runtime/approval/stopped-askers.test.ts",
  "decide.twice": "test/cases/exchange/approvers.json",
  "decide.unknown": "test/cases/exchange/approvers.json",
  "decide.user-unproven": "test/cases/exchange/approvers.json",
  "person.missing": "test/runtime/approval/desk.test.ts",
  "person.evidence": "test/runtime/people/id-tokens.test.ts",
  "person.expired": "test/runtime/people/id-tokens.test.ts",
  "person.from-future": "test/runtime/people/id-tokens.test.ts",
  "person.keys-unavailable": "test/runtime/people/id-tokens.test.ts",
  "person.no-groups": "test/runtime/people/id-tokens.test.ts",
  "person.other-client": "test/runtime/people/id-tokens.test.ts",
  "person.stale-login": "test/runtime/people/id-tokens.test.ts",
  "person.undeclared": "test/runtime/people/id-tokens.test.ts",
  "request.too-large": "test/runtime/approval/digest.test.ts",
  "request.too-many": "test/runtime/exchange/http/app.test.ts",
  "restoration.not-revoked": "test/runtime/exchange/operator/orders.test.ts",
  "restoration.ordered-again": "test/runtime/exchange/operator/restorations.test.ts",
  "restoration.too-early": "test/runtime/exchange/operator/orders.test.ts",
  "store.of-before": "test/runtime/session/going-on.test.ts",
  "token.invalid": "test/runtime/token/own-tokens.test.ts",
  "token.other-agent": "test/runtime/exchange/http/endpoints.test.ts",
  "transaction.context": "test/runtime/exchange/transaction/refusals.test.ts",
  "transaction.ended": "test/runtime/exchange/transaction/refusals.test.ts",
  "transaction.hops": "test/runtime/exchange/transaction/transaction-tokens.test.ts",
  "transaction.subject": "test/runtime/exchange/transaction/refusals.test.ts",
  "way.undeclared": "test/cases/exchange/answers.json",
};

const inRows = new Set<string>(issuanceRows().flatMap(([, { refused }]) => refused?.codes ?? []));

test("every code of the exchange is what some row, or a test elsewhere, is refused with", () => {
  const codes = Object.keys(EXCHANGE_REASONS);
  expect(codes.filter((code) => inRows.has(code) === Object.hasOwn(ELSEWHERE, code))).toEqual([]);
  expect(Object.keys(ELSEWHERE).filter((code) => !codes.includes(code))).toEqual([]);
});

test.each(Object.entries(ELSEWHERE))("%s is asserted in %s", (code, file) => {
  expect(readFileSync(join(__dirname, "../../..", file), "utf8")).toContain(`"${code}"`);
});

test("a row's error is the one that the code has", () => {
  const known = issuanceRows().flatMap(([, { name, refused }]) => {
    const [code] = refused?.codes ?? [];
    const reason = Object.hasOwn(EXCHANGE_REASONS, code ?? "")
      ? EXCHANGE_REASONS[code as keyof typeof EXCHANGE_REASONS]
      : undefined;
    return reason === undefined || refused === undefined ? [] : [{ name, error: refused.error, of: reason.error }];
  });
  expect(known.length).toBeGreaterThan(100);
  expect(known.filter(({ error, of }) => error !== of)).toEqual([]);
});
