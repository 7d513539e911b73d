import fc from "fast-check";
import { jsonReport } from "../../../review/report/review-json";
import type { RequiredApproval, Review } from "../../../review/review";
import { anyReview, twoOrders } from "./arbitrary-review";
import { EXAMPLE, NOTHING } from "./example-review";
import { expectedReport } from "./expected";
import { unseenLines } from "./unseen";
import "../../support/depth";

interface Report {
  readonly agents: readonly {
    readonly id: string;
    readonly gains: readonly object[];
    readonly losses: readonly object[];
    readonly risk: object;
    readonly revocationHorizon: object;
    readonly combinations: readonly { readonly isNew: boolean }[];
  }[];
  readonly undeclared: readonly object[];
  readonly ungranted: readonly object[];
  readonly unknown: readonly { readonly agent: string | null; readonly what: string }[];
  readonly requiresApproval: boolean;
  readonly approvals: readonly RequiredApproval[];
  readonly acknowledged: readonly object[];
}

const parsed = (review: Review): Report => JSON.parse(jsonReport(review)) as Report;
const sorted = (some: readonly object[]): readonly string[] => some.map((one) => JSON.stringify(one)).sort();

/** Normalizes the order of entries and keys */
const same = (some: readonly object[]): readonly string[] =>
  some.map((one) => JSON.stringify(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))).sort();
/** The order of what an approval is for is the report's. */
const alike = (some: readonly RequiredApproval[]): readonly string[] =>
  same(some.map((one) => ({ ...one, reasons: [...one.reasons].sort() })));

test("the whole example", () => {
  expect(jsonReport(EXAMPLE)).toBe(expectedReport("json.txt"));
});

test("a review without changes has every key, and nothing in it", () => {
  expect(parsed(NOTHING)).toEqual({
    version: "ambit.review/1",
    agents: [],
    undeclared: [],
    ungranted: [],
    unknown: [],
    requiresApproval: false,
    approvals: [],
    acknowledged: [],
  });
});

test("an agent's unknowns stand under its name, other unknowns on their own", () => {
  expect(parsed(EXAMPLE).unknown.map(({ agent, what }) => [agent, what])).toEqual([
    [null, "agents/aws_iam_policy.shared.policy"],
    ["support-triage", "kms:Decrypt on ${var.key}"],
  ]);
});

test("everything reads back as it was, and nothing in it is unseen", () => {
  fc.assert(
    fc.property(anyReview, (review) => {
      const report = parsed(review);
      expect(unseenLines(jsonReport(review))).toEqual([]);
      expect(report.requiresApproval).toBe(review.requiresApproval);
      expect(sorted(report.undeclared)).toEqual(sorted(review.undeclared));
      expect(sorted(report.ungranted)).toEqual(sorted(review.ungranted));
      expect(alike(report.approvals)).toEqual(alike(review.approvals));
      expect(same(report.acknowledged)).toEqual(
        same(review.acknowledged.map((one) => ({ ...one, principal: one.principal ?? null }))),
      );
      for (const { id, gains, losses, unknown, risk, horizon, combinations } of review.agents) {
        const agent = report.agents.find((one) => one.id === id);
        expect([sorted(agent?.gains ?? []), sorted(agent?.losses ?? [])]).toEqual([sorted(gains), sorted(losses)]);
        const states = [risk, horizon].map(({ before = null, after = null }) => ({ before, after }));
        expect([agent?.risk, agent?.revocationHorizon]).toEqual(states);
        expect(same(agent?.combinations ?? [])).toEqual(same(combinations));
        const open = report.unknown.filter((one) => one.agent === id);
        expect(open.map(({ what }) => what).sort()).toEqual(unknown.map(({ what }) => what).sort());
      }
      expect(report.unknown.filter(({ agent }) => agent === null)).toHaveLength(review.unknown.length);
    }),
  );
});

test("new combinations come before those that stood", () => {
  fc.assert(
    fc.property(anyReview, (review) => {
      for (const { combinations } of parsed(review).agents) {
        const isNew = combinations.map((one) => one.isNew);
        expect(isNew).toEqual([...isNew].sort((one, other) => Number(other) - Number(one)));
      }
    }),
  );
});

test("agents come by name, and the order of the review does not matter", () => {
  fc.assert(
    fc.property(twoOrders, ([one, other]) => {
      expect(jsonReport(other)).toBe(jsonReport(one));
      const ids = parsed(one).agents.map(({ id }) => id);
      expect(ids).toEqual([...ids].sort());
    }),
  );
});
