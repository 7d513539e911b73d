import { expiredAcknowledgements } from "../../../review/rules/acknowledgements";
import { applyRules } from "../../../review/rules/apply-rules";
import type { Review } from "../../../review/review";
import type { ReviewRulesInput } from "../../../review/rules/rules-schema";
import { gain, principal, reviewWith, standing, undeclared, unknown } from "./example-review";
import { rulesWith } from "./example-rules";

type Written = NonNullable<ReviewRulesInput["acknowledged"]>[number];

const UNTIL = { until: "2026-06-30", reason: "known since May" } as const;
const access: Written = {
  finding: "undeclared",
  kind: "trust",
  what: undeclared.what,
  witness: undeclared.witness,
  address: undeclared.source.address,
  ...UNTIL,
};
const combination: Written = {
  finding: "combination",
  principal: "triage",
  code: "exfiltration",
  what: standing.what,
  parts: ["posts chat.send", "reads web.fetch"],
  ...UNTIL,
};
const rules = rulesWith({ acknowledged: [access, combination] });
const apply = (review: Review, day = "2026-03-01T12:00:00Z", some = rules) =>
  applyRules(review, some, { now: new Date(day) });
const withStanding = (change: Partial<typeof standing> = {}) =>
  reviewWith({ agents: [principal({ losses: [gain], combinations: [{ ...standing, ...change }] })] });

test("what stands and is known is listed apart", () => {
  const review = apply({ ...withStanding(), undeclared: [undeclared] });
  expect([review.undeclared, review.agents[0]?.combinations]).toEqual([[], []]);
  expect(review.acknowledged).toEqual([
    { kind: "trust", what: undeclared.what, until: "2026-06-30", because: "known since May" },
    {
      principal: "triage",
      kind: "combination",
      what: `exfiltration: ${standing.what}`,
      until: "2026-06-30",
      because: "known since May",
    },
  ]);
});

test("what is known and not found is not listed", () => expect(apply(reviewWith()).acknowledged).toEqual([]));

test("an acknowledged finding needs no approval, also under a rule for standing findings", () => {
  const asking = rulesWith({
    approvals: [{ name: "standing", when: { standing: ["undeclared"] }, approvers: ["@acme/security"] }],
    acknowledged: [access],
  });
  expect(apply(reviewWith({ undeclared: [undeclared] }), undefined, asking).requiresApproval).toBe(false);
  const other = { ...undeclared, witness: "another" };
  expect(apply(reviewWith({ undeclared: [undeclared, other] }), undefined, asking).requiresApproval).toBe(true);
});

describe("an acknowledgement does not hide", () => {
  test.each([
    ["another kind", { kind: "action" as const }],
    ["another text", { what: undeclared.what.replace("acme-kb", "acme-*") }],
    ["a text with a space more", { what: `${undeclared.what} ` }],
    ["another witness, so that it may be wider", { witness: undeclared.witness.replace("GetObject", "*") }],
    ["another place", { source: { address: "foundation/aws_s3_bucket_policy.logs" } }],
  ])("%s", (_, change) => {
    const other = { ...undeclared, ...change };
    expect(apply(reviewWith({ undeclared: [other] }))).toMatchObject({ undeclared: [other], acknowledged: [] });
  });

  test("the same words where something is declared and not granted", () => {
    expect(apply(reviewWith({ ungranted: [undeclared] })).ungranted).toEqual([undeclared]);
  });

  test("a gain in the same words", () => {
    const review = reviewWith({ agents: [principal({ gains: [undeclared] })], undeclared: [undeclared] });
    expect(apply({ ...review, requiresApproval: true })).toMatchObject({
      agents: [{ gains: [undeclared] }],
      undeclared: [],
      requiresApproval: true,
      approvals: [{ reasons: [`triage gains trust: ${undeclared.what}`] }],
    });
  });

  test("something unknown in the same words", () => {
    const same = { ...unknown, what: undeclared.what };
    const review = reviewWith({ unknown: [same], agents: [principal({ unknown: [same] })] });
    const { agents, unknown: open, requiresApproval } = apply({ ...review, requiresApproval: true });
    expect([agents[0]?.unknown, open, requiresApproval]).toEqual([[same], [same], true]);
  });

  const [part] = standing.parts;
  test.each([
    ["a combination that is new", { isNew: true }],
    ["one of another code", { code: "takeover" }],
    ["one in other words", { what: "reads everything" }],
    ["one with a part more", { parts: [...standing.parts, { what: "reads mail", source: { address: "a" } }] }],
    ["one with a part less", { parts: standing.parts.slice(1) }],
    ["one with another part", { parts: [{ what: "reads web.*", source: { address: "a" } }, part as typeof part & {}] }],
  ])("%s", (_, change) => {
    const review = withStanding(change);
    expect(apply(review).agents).toEqual(review.agents);
  });

  test("that of another principal", () => {
    const review = reviewWith({ agents: [principal({ id: "other", losses: [gain], combinations: [standing] })] });
    expect(apply(review).agents).toEqual(review.agents);
  });
});

describe("until its last day", () => {
  const found = (day: string) => apply(reviewWith({ undeclared: [undeclared] }), day).undeclared.length;

  test.each([
    ["2026-06-29T00:00:00Z", 0],
    ["2026-06-30T00:00:00Z", 0],
    ["2026-06-30T23:59:59.999Z", 0],
    ["2026-07-01T00:00:00Z", 1],
    ["2030-01-01T00:00:00Z", 1],
  ])("at %s, %i is found", (day, count) => expect(found(day)).toBe(count));

  test("and is named from then on", () => {
    const lines = (day: string) => expiredAcknowledgements(rules, new Date(day));
    expect(lines("2026-06-30T23:59:59Z")).toEqual([]);
    expect(lines("2026-07-01T00:00:00Z")).toEqual([
      "acknowledged[0] held until 2026-06-30 and hides nothing any more",
      "acknowledged[1] held until 2026-06-30 and hides nothing any more",
    ]);
  });
});
