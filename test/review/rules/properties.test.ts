import fc from "fast-check";
import { CHANGE_KINDS } from "../../../review/change";
import type { PrincipalReview, Review } from "../../../review/review";
import { applyRules } from "../../../review/rules/apply-rules";
import type { Acknowledgement, ApprovalRule, ReviewRules } from "../../../review/rules/rules-schema";
import { findingsOf } from "../../../review/report/findings";
import { sentence } from "../../../review/report/finding";
import { anyReview } from "../report/arbitrary-review";
import { rulesWith } from "./example-rules";
import { depth } from "../../support/depth";

const RUNS = { numRuns: depth(60) };
const NOW = new Date("2026-01-01T00:00:00Z");
const apply = (review: Review, rules: ReviewRules, changedFiles: readonly string[] = []) =>
  applyRules(review, rules, { now: NOW, changedFiles });

const some = <T>(...values: readonly T[]) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 });
const principals = some("*", "a*", "?", "agent", "aws_iam_role.*");
const tiers = some("low" as const, "medium" as const, "high" as const, "critical" as const);
const whose = fc.record({ principals, tiers }, { requiredKeys: [] });
const when: fc.Arbitrary<ApprovalRule["when"]> = fc.oneof(
  whose,
  fc.record({ kinds: some(...CHANGE_KINDS, "unknown" as const), principals }, { requiredKeys: ["kinds"] }),
  fc.record({ combinations: some("exfiltration", "takeover"), tiers }, { requiredKeys: ["combinations"] }),
  fc.record({ files: some("**", "*.json", ".github/**") }),
  fc.record({ standing: some("undeclared" as const, "ungranted" as const, "combination" as const) }),
);
const count = fc.integer({ min: 1, max: 3 });
const approvers = some("@acme/security", "@acme/platform", "@acme/support");
const anyRules = fc
  .uniqueArray(fc.record({ name: fc.constantFrom("a", "b", "c", "d"), when, approvers, count }), {
    selector: ({ name }) => name,
    maxLength: 4,
  })
  .map((approvals): ReviewRules => ({ ...rulesWith({}), approvals }));
const anyFiles = fc.subarray(["package.json", "main.ts", ".github/a\nb", "README.md", "__proto__"]);

/** Acknowledgements of everything that a review holds, gains and unknown among it */
function allOf({ agents, undeclared, ungranted, unknown }: Review): readonly Acknowledgement[] {
  const known = { until: "2026-12-31", reason: "known" };
  const changes = [...undeclared, ...ungranted, ...agents.flatMap(({ gains, losses }) => [...gains, ...losses])];
  const open = [...unknown, ...agents.flatMap((one) => one.unknown)];
  const texts = [
    ...changes.map(({ kind, what, witness, source }) => ({ kind, what, witness, address: source.address })),
    ...open.map(({ what, why, source }) => ({ kind: "action" as const, what, witness: why, address: source.address })),
  ];
  return [
    ...texts.flatMap((one) => [
      { finding: "undeclared" as const, ...one, ...known },
      { finding: "ungranted" as const, ...one, ...known },
    ]),
    ...agents.flatMap(({ id, combinations }) =>
      combinations.map(({ code, what, parts }) => ({
        finding: "combination" as const,
        principal: id,
        code,
        what,
        parts: parts.map((part) => part.what),
        ...known,
      })),
    ),
  ];
}

const newIn = ({ gains, unknown, combinations }: PrincipalReview) => [
  ...gains,
  ...unknown,
  ...combinations.filter(({ isNew }) => isNew),
];

test("acknowledgements never hide a gain or an unknown, nor reduce their approvals", () => {
  fc.assert(
    fc.property(anyReview, anyRules, (review, rules) => {
      const before = apply(review, rules);
      const after = apply(review, { ...rules, acknowledged: [...allOf(review)] });
      expect(after.agents.map(newIn)).toEqual(before.agents.map(newIn));
      expect(after.unknown).toEqual(before.unknown);
      expect(after.agents.flatMap(({ combinations }) => combinations.filter(({ isNew }) => !isNew))).toEqual([]);
      expect([after.undeclared, after.ungranted]).toEqual([[], []]);
      const ofNew = { ...rules, approvals: rules.approvals.filter((one) => one.when.standing === undefined) };
      const acknowledging = { ...ofNew, acknowledged: [...allOf(review)] };
      expect(apply(review, acknowledging).approvals).toEqual(apply(review, ofNew).approvals);
    }),
    RUNS,
  );
});

test("a rule more never means that fewer are asked", () => {
  fc.assert(
    fc.property(anyReview, anyRules, anyFiles, fc.nat(3), (review, rules, files, left) => {
      const fewer = { ...rules, approvals: rules.approvals.filter((_, index) => index !== left) };
      const [less, more] = [apply(review, fewer, files), apply(review, rules, files)];
      expect(more.requiresApproval).toBe(more.requiresApproval || less.requiresApproval);
      for (const approval of less.approvals.filter(({ rule }) => rule !== "default")) {
        const same = more.approvals.find(({ rule }) => rule === approval.rule);
        expect({ ...same, reasons: [] }).toEqual({ ...approval, reasons: [] });
        expect(same?.reasons).toEqual(expect.arrayContaining([...approval.reasons]));
      }
    }),
    RUNS,
  );
});

test("every gain and every unknown needs some approval", () => {
  fc.assert(
    fc.property(anyReview, anyRules, anyFiles, (review, rules, files) => {
      const { agents, unknown, approvals, requiresApproval } = apply(review, rules, files);
      const reasons = new Set(approvals.flatMap((one) => one.reasons));
      for (const { id, gains } of agents) {
        for (const { kind, what } of gains) expect(reasons).toContain(`${id} gains ${kind}: ${what}`);
      }
      const isSomething = agents.some((one) => newIn(one).length > 0) || unknown.length > 0 || review.requiresApproval;
      if (isSomething) expect([requiresApproval, approvals.length > 0]).toEqual([true, true]);
      for (const one of approvals) expect([one.approvers.length > 0, one.count > 0]).toEqual([true, true]);
    }),
    RUNS,
  );
});

test("the order of rules, files and findings does not matter", () => {
  fc.assert(
    fc.property(anyReview, anyRules, anyFiles, (review, rules, files) => {
      const turned = { ...rules, approvals: [...rules.approvals].reverse() };
      expect(apply(review, turned, [...files].reverse())).toEqual(apply(review, rules, files));
      const agents = [...review.agents].reverse();
      expect(apply({ ...review, agents }, rules, files).approvals).toEqual(apply(review, rules, files).approvals);
    }),
    RUNS,
  );
});

test("to apply rules changes nothing in the review that they are given", () => {
  fc.assert(
    fc.property(anyReview, anyRules, anyFiles, (review, rules, files) => {
      const copy = structuredClone(review);
      apply(review, { ...rules, acknowledged: [...allOf(review)] }, files);
      expect(review).toEqual(copy);
    }),
    RUNS,
  );
});

test("what must be approved is said in the words of the reports", () => {
  fc.assert(
    fc.property(anyReview, anyRules, (review, rules) => {
      const said = new Set(findingsOf(review).map((finding) => sentence(finding, String)));
      const more = "the review asks for approval and lists no change";
      const reasons = apply(review, rules).approvals.flatMap((one) => one.reasons);
      expect(reasons.filter((text) => !said.has(text) && text !== more)).toEqual([]);
    }),
    RUNS,
  );
});
