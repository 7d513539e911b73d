import fc from "fast-check";
import type { Change } from "../../../review/change";
import { findingsOf } from "../../../review/report/importance";
import { tally, verdict } from "../../../review/report/verdict";
import type { PrincipalReview, Review } from "../../../review/review";
import { anyReview } from "./arbitrary-review";
import { AGENT as SOMEBODY, EXAMPLE, NOTHING } from "./example-review";

const GAIN: Change = { kind: "tool", what: "close of tickets", witness: "tickets close", source: { address: "x" } };
const UNKNOWN = { what: "shared.policy", why: "it is read when it is applied", source: { address: "x" } };
const AGENT: PrincipalReview = { ...SOMEBODY, id: "triage" };

const said = (review: Partial<Review>): string => {
  const whole = { ...NOTHING, ...review };
  return verdict(whole, findingsOf(whole), (text) => `<${text}>`);
};

const risks = (before: number, after: number): PrincipalReview["risk"] => ({
  before: { score: before, tier: "low", reasons: [] },
  after: { score: after, tier: "high", reasons: [] },
});

test.each<readonly [string, Partial<Review>, string]>([
  ["says that nothing changes", {}, "No access changes."],
  [
    "names who gains what",
    { agents: [{ ...AGENT, gains: [GAIN] }], requiresApproval: true },
    "Approval needed: <triage> gains tool: <close of tickets>; in all 1 gain of 1 principal.",
  ],
  [
    "says how much risk is added",
    { agents: [{ ...AGENT, gains: [GAIN], risk: risks(10, 35) }], requiresApproval: true },
    "Approval needed: <triage> gains tool: <close of tickets>; in all 1 gain of 1 principal, risk +25.",
  ],
  [
    "says how much risk is taken away",
    { agents: [{ ...AGENT, losses: [GAIN], risk: risks(35, 10) }] },
    "Nobody gains access; in all 1 loss of 1 principal, risk −25.",
  ],
  [
    "says nothing of a risk that is no number",
    { agents: [{ ...AGENT, losses: [GAIN], risk: risks(Infinity, Infinity) }] },
    "Nobody gains access; in all 1 loss of 1 principal.",
  ],
  [
    "says what is unknown of whom, and why",
    { agents: [{ ...AGENT, unknown: [UNKNOWN] }], requiresApproval: true },
    "Approval needed: what <triage> gains cannot be decided: <shared.policy>, because <it is read when it is applied>; " +
      "in all 1 unknown of 1 principal.",
  ],
  [
    "says what is unknown of nobody alone",
    { unknown: [UNKNOWN], requiresApproval: true },
    "Approval needed: what somebody gains cannot be decided: <shared.policy>, because <it is read when it is applied>; " +
      "in all 1 unknown.",
  ],
  [
    "names what no declaration explains",
    { undeclared: [GAIN] },
    "No declaration explains tool: <close of tickets>; in all 1 undeclared.",
  ],
  [
    "never calls a review harmless that is not",
    { requiresApproval: true },
    "Approval needed, though no change is listed.",
  ],
])("the sentence %s", (_, review, sentence) => {
  expect(said(review)).toBe(sentence);
});

test("what was found is counted by direction, and what was not is not named", () => {
  expect(tally(findingsOf(EXAMPLE))).toBe("4 gains, 1 undeclared, 2 unknown and 2 losses");
  expect(tally([])).toBe("");
});

test("a review that needs approval always says so, and no other does", () => {
  fc.assert(
    fc.property(anyReview, (review) => {
      const sentence = verdict(review, findingsOf(review), () => "x");
      expect(sentence.startsWith("Approval needed")).toBe(review.requiresApproval);
    }),
  );
});
