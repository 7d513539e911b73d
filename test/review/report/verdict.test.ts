import fc from "fast-check";
import type { Change } from "../../../review/change";
import { findingsOf } from "../../../review/report/findings";
import { tally, verdict } from "../../../review/report/verdict";
import type { RequiredApproval, Combination, PrincipalReview, Review } from "../../../review/review";
import { anyReview } from "./arbitrary-review";
import { AGENT as ANY, EXAMPLE, NOTHING } from "./example-review";
import "../../support/depth";

const GAIN: Change = { kind: "tool", what: "close of tickets", witness: "tickets close", source: { address: "x" } };
const UNKNOWN = { what: "shared.policy", why: "it is read when it is applied", source: { address: "x" } };
const AGENT: PrincipalReview = { ...ANY, id: "triage" };

const said = (review: Partial<Review>): string => {
  const whole = { ...NOTHING, ...review };
  return verdict(whole, findingsOf(whole), (text) => `<${text}>`);
};

const combination = (isNew: boolean): Combination => ({
  code: "exfiltration",
  what: "reads and is seen",
  parts: [],
  isNew,
});

const approval = (rule: string, approvers: readonly string[], count = 1): RequiredApproval => ({
  rule,
  approvers,
  count,
  reasons: [],
});

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
    "No principal gains access; in all 1 loss of 1 principal, risk −25.",
  ],
  [
    "says nothing of a risk that is no number",
    { agents: [{ ...AGENT, losses: [GAIN], risk: risks(Infinity, Infinity) }] },
    "No principal gains access; in all 1 loss of 1 principal.",
  ],
  [
    "names the principal of an unknown, and the reason",
    { agents: [{ ...AGENT, unknown: [UNKNOWN] }], requiresApproval: true },
    "Approval needed: what <triage> gains cannot be decided: <shared.policy>, because <it is read when it is applied>; " +
      "in all 1 unknown of 1 principal.",
  ],
  [
    "reports an unknown without a principal",
    { unknown: [UNKNOWN], requiresApproval: true },
    "Approval needed: what a principal gains cannot be decided: <shared.policy>, because <it is read when it is applied>; " +
      "in all 1 unknown.",
  ],
  [
    "names what no declaration explains",
    { undeclared: [GAIN] },
    "No declaration explains tool: <close of tickets>; in all 1 undeclared.",
  ],
  [
    "puts a new combination before everything else",
    { agents: [{ ...AGENT, gains: [GAIN], combinations: [combination(true)] }], requiresApproval: true },
    "Approval needed: <triage> gains a combination, <exfiltration: reads and is seen>; " +
      "in all 1 new combination and 1 gain of 1 principal.",
  ],
  [
    "says that a standing finding is no gain",
    { agents: [{ ...AGENT, combinations: [combination(false)] }], ungranted: [GAIN] },
    "No principal gains access; in all 1 combination as before and 1 not granted of 1 principal.",
  ],
  [
    "names what stands where a rule asks for approval",
    { ungranted: [GAIN], requiresApproval: true, approvals: [approval("known", ["@a"])] },
    "Approval needed from <@a>: tool is declared, but not granted: <close of tickets>; in all 1 not granted.",
  ],
  [
    "names who must approve, each once, what no rule takes last",
    {
      agents: [{ ...AGENT, gains: [GAIN] }],
      requiresApproval: true,
      approvals: [
        approval("default", []),
        approval("b", ["@a", "@b"], 2),
        approval("a", ["@a"]),
        approval("c", ["@a"]),
      ],
    },
    "Approval needed from <@a>, from 2 of <@a> and <@b> and from any reviewer: " +
      "<triage> gains tool: <close of tickets>; in all 1 gain of 1 principal.",
  ],
  [
    "names no more than a reader takes in",
    { requiresApproval: true, approvals: [approval("a", ["@a", "@b", "@c"]), approval("b", ["@d", "@e"])] },
    "Approval needed from <@a>, <@b> or <@c> and others, as listed, though no change is listed.",
  ],
  [
    "names no approvers where no rule does",
    { agents: [{ ...AGENT, gains: [GAIN] }], requiresApproval: true, approvals: [approval("default", [])] },
    "Approval needed: <triage> gains tool: <close of tickets>; in all 1 gain of 1 principal.",
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
  expect(tally(findingsOf(EXAMPLE))).toBe(
    "1 new combination, 4 gains, 1 undeclared, 2 unknown, 1 combination as before, 1 not granted and 2 losses",
  );
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
