import { applyRules } from "../../../review/rules/apply-rules";
import type { ReviewRules } from "../../../review/rules/rules-schema";
import type { Review } from "../../../review/review";
import { gain, principal, reviewWith, standing, undeclared, unknown } from "./example-review";
import { rulesWith } from "./example-rules";

const now = new Date("2026-01-01T12:00:00Z");
const apply = (review: Review, rules?: ReviewRules, ...changedFiles: readonly string[]) =>
  applyRules(review, rules, { now, changedFiles });
const gained = reviewWith({ agents: [principal({ gains: [gain] })], requiresApproval: true });
const GAIN = "triage gains action: s3:GetObject on arn:aws:s3:::acme-kb/*";

test("a review without gains needs no approval", () => {
  expect(apply(reviewWith(), rulesWith({}))).toEqual(reviewWith());
});

test("a loss needs no approval", () => {
  const { approvals, requiresApproval } = apply(reviewWith({ agents: [principal({ losses: [gain] })] }), rulesWith({}));
  expect([approvals, requiresApproval]).toEqual([[], false]);
});

test("without rules, any reviewer may approve everything", () => {
  expect(apply(gained).approvals).toEqual([{ rule: "default", approvers: [], count: 1, reasons: [GAIN] }]);
});

test("what no rule takes is the default's", () => {
  const rules = rulesWith({
    approvals: [{ name: "trust", when: { kinds: ["trust"] }, approvers: ["@acme/security"] }],
    default: { approvers: ["@acme/platform"], count: 2 },
  });
  expect(apply(gained, rules).approvals).toEqual([
    { rule: "default", approvers: ["@acme/platform"], count: 2, reasons: [GAIN] },
  ]);
});

test("every rule that takes something applies, and then the default does not", () => {
  const rules = rulesWith({
    approvals: [
      { name: "of-triage", when: { principals: ["triage"] }, approvers: ["@acme/support"] },
      { name: "actions", when: { kinds: ["action"] }, approvers: ["@acme/security"], count: 2 },
    ],
  });
  expect(apply(gained, rules).approvals).toEqual([
    { rule: "actions", approvers: ["@acme/security"], count: 2, reasons: [GAIN] },
    { rule: "of-triage", approvers: ["@acme/support"], count: 1, reasons: [GAIN] },
  ]);
});

test("each finding is said in words, once and in one order", () => {
  const review = reviewWith({
    agents: [principal({ gains: [gain, gain], unknown: [unknown], combinations: [{ ...standing, isNew: true }] })],
    unknown: [unknown],
    requiresApproval: true,
  });
  expect(apply(review, rulesWith({}), "main.ts").approvals[0]?.reasons).toEqual([
    "the program main.ts: it changes, so that the same declarations may synthesize to another result",
    "triage gains a combination, exfiltration: reads untrusted output, and is seen outside",
    GAIN,
    "what a principal gains cannot be decided: the provider agents/aws, because its settings are new",
    "what triage gains cannot be decided: the provider agents/aws, because its settings are new",
  ]);
});

test("a changed guarded file is unknown, and needs approval without any gain", () => {
  const { unknown: found, requiresApproval, approvals } = apply(reviewWith(), undefined, "README.md", "yarn.lock");
  expect(found.map(({ what }) => what)).toEqual(["the dependencies yarn.lock"]);
  expect([requiresApproval, approvals.length]).toEqual([true, 1]);
});

test("unguarded files need no approval", () => {
  expect(apply(reviewWith(), undefined, "README.md", "fleet/agents/triage.ts")).toEqual(reviewWith());
});

describe("what stands", () => {
  const review = reviewWith({
    agents: [principal({ losses: [gain], combinations: [standing] })],
    undeclared: [undeclared],
    ungranted: [gain],
  });

  test("is listed and needs no approval", () => {
    expect(apply(review, rulesWith({ approvals: [{ name: "all", when: {}, approvers: ["@a"] }] }))).toEqual(review);
  });

  test("asks where a rule says so", () => {
    const when = { standing: ["undeclared", "ungranted", "combination"] as const };
    const rules = rulesWith({
      approvals: [{ name: "standing", when: { standing: [...when.standing] }, approvers: ["@acme/security"] }],
    });
    expect(apply(review, rules)).toMatchObject({
      requiresApproval: true,
      approvals: [
        {
          rule: "standing",
          reasons: [
            "action is declared, but not granted: s3:GetObject on arn:aws:s3:::acme-kb/*",
            "no declaration explains trust: the policy of arn:aws:s3:::acme-kb names a role of triage, and no declaration makes it do so",
            "triage has a combination, exfiltration: reads untrusted output, and is seen outside",
          ],
        },
      ],
    });
  });
});

test("a review that needs approval and says not why still needs it", () => {
  const { requiresApproval, approvals } = apply(reviewWith({ requiresApproval: true }), rulesWith({}));
  expect(requiresApproval).toBe(true);
  expect(approvals).toEqual([
    {
      rule: "default",
      approvers: ["@acme/platform"],
      count: 1,
      reasons: ["the review asks for approval and lists no change"],
    },
  ]);
});

test("a principal of any name needs approval for its gain", () => {
  const odd = reviewWith({ agents: [principal({ id: "__proto__", gains: [gain] })], requiresApproval: true });
  expect(apply(odd, rulesWith({})).approvals).toHaveLength(1);
});
