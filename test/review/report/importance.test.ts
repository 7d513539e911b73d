import fc from "fast-check";
import { CHANGE_KINDS, type ChangeKind } from "../../../review/change";
import { byPrincipal, findingsOf, isGrave } from "../../../review/report/importance";
import type { PrincipalReview, Review } from "../../../review/review";
import { anyReview, twoOrders } from "./arbitrary-review";
import { AGENT, EXAMPLE, NOTHING } from "./example-review";

const change = (kind: ChangeKind, what = "a") => ({ kind, what, witness: "w", source: { address: "x" } });
const unknown = { what: "u", why: "y", source: { address: "x" } };

function principal(id: string, of: Partial<PrincipalReview>): PrincipalReview {
  return { ...AGENT, id, ...of };
}

function reviewOf(...agents: readonly PrincipalReview[]): Review {
  return { ...NOTHING, agents };
}

test("kinds come in one order: who somebody is and what holds them, the unknown, what they can do, for how long", () => {
  const gains = CHANGE_KINDS.map((kind) => change(kind));
  expect(findingsOf(reviewOf(principal("a", { gains, unknown: [unknown] }))).map(({ kind }) => kind)).toEqual([
    "identity",
    "trust",
    "boundary",
    "enforcement",
    "approval",
    "unknown",
    "delegation",
    "sensitivity",
    "action",
    "tool",
    "destination",
    "network",
    "ttl",
  ]);
});

test("only what stands before the unknown is grave", () => {
  const kinds = [...CHANGE_KINDS, "unknown" as const];
  expect(kinds.filter((kind) => isGrave({ kind })).sort()).toEqual([
    "approval",
    "boundary",
    "enforcement",
    "identity",
    "trust",
  ]);
});

test("a loss comes after the least gain, whatever its kind", () => {
  const [first, last] = findingsOf(reviewOf(principal("a", { losses: [change("identity")], gains: [change("ttl")] })));
  expect([first?.direction, last?.direction]).toEqual(["gain", "loss"]);
});

test("of two gains of a kind, that of the riskier agent comes first", () => {
  const low = principal("a", { gains: [change("action")], risk: { after: { score: 1, tier: "low", reasons: [] } } });
  const high = principal("b", { gains: [change("action")], risk: { after: { score: 90, tier: "high", reasons: [] } } });
  expect(findingsOf(reviewOf(low, high)).map((finding) => finding.principal?.id)).toEqual(["b", "a"]);
});

test("who has no risk is taken to be the riskiest", () => {
  const agent = principal("a", {
    gains: [change("action")],
    risk: { after: { score: 100, tier: "high", reasons: [] } },
  });
  const role = principal("z/aws_iam_role.z", { isAgent: false, gains: [change("action")] });
  expect(findingsOf(reviewOf(agent, role)).map((finding) => finding.principal?.id)).toEqual(["z/aws_iam_role.z", "a"]);
});

test("principals come in the order of their most important finding", () => {
  expect([...byPrincipal(findingsOf(EXAMPLE)).keys()].map((one) => one?.id)).toEqual([
    "support-triage",
    "legacy/aws_iam_role.batch",
    undefined,
    "researcher",
  ]);
});

test("nothing is lost or made up, whatever the review holds", () => {
  fc.assert(
    fc.property(anyReview, (review) => {
      const count = review.agents.reduce(
        (sum, { gains, losses, unknown: open }) => sum + gains.length + losses.length + open.length,
        review.undeclared.length + review.unknown.length,
      );
      const findings = findingsOf(review);
      expect(findings).toHaveLength(count);
      expect([...byPrincipal(findings).values()].flat()).toHaveLength(count);
    }),
  );
});

test("the order of the review does not matter", () => {
  fc.assert(
    fc.property(twoOrders, ([one, other]) => {
      const texts = (review: Review) =>
        findingsOf(review).map(({ principal: who, ...finding }) => JSON.stringify([who?.id, finding]));
      expect(texts(other)).toEqual(texts(one));
    }),
  );
});
